import type { Decision } from '../../../electron/contract/decision'
import { Disclosure } from '../../ui/disclosure'
import { Hint } from '../../ui/hint'
import { ProvenanceMark, type Provenance } from '../../ui/provenance'
import { Workings } from '../../ui/workings'

type Reason = Decision['reasons'][number]

const shownAtOnce = 3

/** What the decision rests on: each rule that spoke for it, with its evidence on hover or focus. */
export function Evidence({ reasons }: { reasons: readonly Reason[] }) {
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
    </ul>
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
