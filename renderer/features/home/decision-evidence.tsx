import { Link } from 'wouter'
import type { Decision } from '../../../electron/contract/decision'
import { Disclosure } from '../../ui/disclosure'
import { Hint } from '../../ui/hint'
import { ProvenanceMark, type Provenance } from '../../ui/provenance'
import { Workings } from '../../ui/workings'
import { shortName } from '../shared/names'

type Reason = Decision['reasons'][number]

const shownAtOnce = 3

/** What the decision rests on: each rule that spoke for it, with its evidence on hover or focus. */
export function Evidence({ reasons, runs }: { reasons: readonly Reason[]; runs: Decision['speed']['runs'] }) {
  const [first, ...others] = reasons
  if (!first) return <span className="text-ink-2">no rule spoke for it</span>
  const more = others.slice(shownAtOnce)
  return (
    <ul className="grid gap-1">
      <li>
        the sentence above: <Rule reason={first} />
      </li>
      {others.slice(0, shownAtOnce).map(reason => (
        <Line key={reason.rule} reason={reason} />
      ))}
      {more.length > 0 && (
        <li>
          <Disclosure summary={`${more.length} more`}>
            <ul className="mt-1 grid gap-1">
              {more.map(reason => (
                <Line key={reason.rule} reason={reason} />
              ))}
            </ul>
          </Disclosure>
        </li>
      )}
      {runs && <Runs runs={runs} />}
    </ul>
  )
}

/** What the speed can be held against: runs that others published of this device, and one's own. */
function Runs({ runs: { device, published, own } }: { runs: NonNullable<Decision['speed']['runs']> }) {
  const name = shortName(device)
  const yours = own === 0 ? 'none yours' : own === 1 ? 'one of your own' : `${own} of your own`
  const about =
    published === 0
      ? `The formula rests on other devices here. A run of your own corrects it.`
      : 'Collected with the page of each. The formula of speed is fitted on the better documented ones of all devices; a run of your own corrects it.'
  return (
    <li>
      Speed:{' '}
      <Hint text={<Workings head={`Published runs on ${name}`} lines={[about]} />}>
        {published > 0 && <ProvenanceMark of="published" />}
        {published === 0 ? 'no' : published} published {published === 1 ? 'run' : 'runs'} on {name} known
      </Hint>
      , {yours}{' '}
      <Link href="/predictions" className="quiet-link text-ink-2">
        predicted against measured
      </Link>
    </li>
  )
}

function Line({ reason }: { reason: Reason }) {
  return (
    <li>
      {reason.text} <Rule reason={reason} />
    </li>
  )
}

/** The kind of the strongest evidence decides the mark. */
function markOf(reason: Reason): Provenance | null {
  if (reason.evidence.some(each => each.kind === 'measured')) return 'measured'
  return reason.evidence.some(each => each.kind === 'published') ? 'published' : null
}

function Rule({ reason }: { reason: Reason }) {
  const mark = markOf(reason)
  const lines = reason.evidence.map(each => (each.source === null ? each.text : `${each.text} (${each.source})`))
  return (
    <Hint text={<Workings head={`Rule ${reason.rule}`} lines={lines} />} className="text-ink-2">
      {mark !== null && <ProvenanceMark of={mark} />}
      <span className="quiet-link">rule {reason.rule}</span>
    </Hint>
  )
}
