import type { Decision } from '../../../electron/contract/decision'
import { bytes } from '../../ui/format'
import { CodeBlock } from '../../ui/code-block'
import { Disclosure } from '../../ui/disclosure'
import { Sourced } from '../../ui/provenance'
import { Workings } from '../../ui/workings'
import { useMachine } from '../shared/machine.store'
import { commandText } from './start-request'

type Draft = NonNullable<Decision['draft']>

/** A small model that proposes tokens, with what it brings and the command that uses it. */
export function DraftFact({ draft, now }: { draft: Draft; now: boolean }) {
  const platform = useMachine(store => store.machine?.os.platform)
  const lines = draft.evidence.map(({ text, source }) => (source === null ? text : `${text} (${source})`))
  return (
    <Disclosure
      summary={
        <Sourced of="estimated" why={<Workings head={draft.text} lines={lines} />}>
          {draft.title} {draft.artifact}{' '}
          <span className="text-ink-2">
            about {Math.round((draft.gain - 1) * 100)} % faster for one user; {comes(draft, now)}
          </span>
        </Sourced>
      }
    >
      <CodeBlock label="Command with the draft model" text={commandText(draft.command, platform)} className="mt-2" />
    </Disclosure>
  )
}

/** How it gets into a start: with what is fetched anyway, or by being fetched first. */
function comes({ downloadBytes }: Draft, now: boolean): string {
  if (downloadBytes == null) return 'Start brings it along'
  return now ? `fetch it in Models first (${bytes(downloadBytes)})` : `Start brings it along (${bytes(downloadBytes)})`
}
