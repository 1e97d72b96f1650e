import { weighable, type Need } from '../../../electron/contract/need'
import { Disclosure } from '../../ui/disclosure'

type Weights = NonNullable<Need['weights']>
type Dimension = (typeof weighable)[number]

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
      <div className="mt-1 grid grid-cols-[repeat(auto-fill,minmax(176px,1fr))] gap-x-5 gap-y-1 pl-1">
        {weighable.map(each => (
          <label key={each} className="grid grid-cols-[minmax(0,1fr)_64px_12px] items-center gap-2 text-12">
            <span className="truncate text-ink-2">{names[each]}</span>
            <input
              type="range"
              className="range w-full"
              min={0}
              max={3}
              aria-label={`Weight of ${names[each]}`}
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
