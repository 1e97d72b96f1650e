import type { Decision } from '../../../electron/contract/decision'
import { CodeBlock } from '../../ui/code-block'
import { Disclosure } from '../../ui/disclosure'
import { Sourced } from '../../ui/provenance'
import { Workings } from '../../ui/workings'
import { commandText } from './start-request'

type Draft = NonNullable<Decision['draft']>

/** A small model that proposes tokens, with what it brings and the command that uses it. */
export function DraftFact({ draft }: { draft: Draft }) {
  const lines = draft.evidence.map(({ text, source }) => (source === null ? text : `${text} (${source})`))
  return (
    <Disclosure
      summary={
        <Sourced of="estimated" why={<Workings head={draft.text} lines={lines} />}>
          {draft.title} {draft.artifact}{' '}
          <span className="text-ink-2">about {Math.round((draft.gain - 1) * 100)} % faster for one user; Start brings it along</span>
        </Sourced>
      }
    >
      <CodeBlock label="Command with the draft model" text={commandText(draft.command)} className="mt-2" />
    </Disclosure>
  )
}
