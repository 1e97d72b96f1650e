import { weighable, type Need } from '../../../electron/contract/need'
import { Disclosure } from '../../ui/disclosure'

type Weights = NonNullable<Need['weights']>
type Dimension = (typeof weighable)[number]

/** What each dimension of the matrix asks, after resources/knowledge/dimensions.json. */
const asks: Record<Dimension, string> = {
  throughput: 'how fast it answers one person',
  concurrency: 'how well it serves many at once',
  maintenance: 'how little work it is to keep up',
  reproducibility: 'whether tomorrow brings the same answer',
  os: 'on how many systems it runs',
  'lock-in': 'how easily one leaves it again',
  observability: 'what it tells of its work: metrics, logs',
  'multi-gpu': 'what it makes of more than one GPU',
  speculative: 'whether a small model can draft for a large one',
  edge: 'how well it runs on small boards',
  cadence: 'how often it is renewed',
}

/** Short names of the matrix dimensions (resources/knowledge/dimensions.json). */
const names: Record<Dimension, string> = {
  throughput: 'raw speed',
  concurrency: 'users at once',
  maintenance: 'little upkeep',
  reproducibility: 'repeatable',
  os: 'systems',
  'lock-in': 'free to leave',
  observability: 'insight',
  'multi-gpu': 'several GPUs',
  speculative: 'drafting',
  edge: 'boards',
  cadence: 'pace of updates',
}

interface Props {
  value: Weights
  onChange: (value: Weights) => void
}

/** How much each dimension of the matrix counts, 0 to 3: it weighs engines that everything before leaves level. */
export function WeightsChoice({ value, onChange }: Props) {
  const used = weighable.filter(each => (value[each] ?? 0) > 0)
  const summary =
    used.length === 0 ? 'weigh each dimension' : `weighed: ${used.map(each => `${names[each]} ${value[each] ?? 0}`).join(', ')}`
  return (
    <Disclosure summary={summary} className="pl-1">
      <p className="mt-1 pl-1 text-12 text-ink-2">
        How good each engine is at these, from the matrix. 0 leaves it out, 3 counts most. Weights decide between engines that the rules
        before leave level; they never outweigh must-haves, people at once or the hardware.
      </p>
      <div className="mt-1 grid grid-cols-[repeat(auto-fill,minmax(176px,1fr))] gap-x-5 gap-y-1 pl-1">
        {weighable.map(each => (
          <label
            key={each}
            title={`${names[each]}: ${asks[each]}`}
            className="grid grid-cols-[minmax(0,1fr)_64px_12px] items-center gap-2 text-12"
          >
            <span className="truncate text-ink-2">{names[each]}</span>
            <input
              type="range"
              className="range w-full"
              min={0}
              max={3}
              aria-label={`Weight of ${names[each]}`}
              aria-description={asks[each]}
              value={value[each] ?? 0}
              onChange={event => onChange({ ...value, [each]: Number(event.target.value) })}
            />
            <output className="text-right">{value[each] ?? 0}</output>
          </label>
        ))}
        {used.length > 0 && (
          <button type="button" className="quiet-link justify-self-start text-12 text-ink-2" onClick={() => onChange({})}>
            weigh nothing
          </button>
        )}
      </div>
    </Disclosure>
  )
}
