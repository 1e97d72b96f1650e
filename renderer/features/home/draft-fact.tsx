import type { Decision } from '../../../electron/contract/decision'
import { bytes, memory } from '../../ui/format'
import { CodeBlock } from '../../ui/code-block'
import { Disclosure } from '../../ui/disclosure'
import { Sourced } from '../../ui/provenance'
import { Workings } from '../../ui/workings'
import { useMachine } from '../shared/machine.store'
import { commandText, startedCommand } from './start-request'

type Draft = NonNullable<Decision['draft']>

interface Props {
  decision: Decision
  draft: Draft
}

/** A small model that proposes tokens, with what it brings and costs, and the command that the exact one above or below is not. */
export function DraftFact({ decision, draft }: Props) {
  const platform = useMachine(store => store.machine?.os.platform)
  const lines = draft.evidence.map(({ text, source }) => (source === null ? text : `${text} (${source})`))
  const isBrought = startedCommand(decision) === draft.command
  const command = isBrought ? decision.command : draft.command
  return (
    <>
      <Sourced of="estimated" why={<Workings head={draft.text} lines={lines} />} className="whitespace-normal!">
        {draft.title} {draft.artifact}{' '}
        <span className="text-ink-2">
          about {Math.round((draft.gain - 1) * 100)} % faster for one user than the speed above, {memory(draft.memoryMiB)} more memory than
          the bar shows; {comes(draft, decision.startable.now)}
        </span>
      </Sourced>
      <Disclosure summary={isBrought ? 'command without it' : 'command with it'}>
        <CodeBlock
          label={isBrought ? 'Command without the draft model' : 'Command with the draft model'}
          text={commandText(command, platform)}
          className="mt-2"
        />
      </Disclosure>
    </>
  )
}

/** How it gets into a start: with what is fetched anyway, or by being fetched first. */
function comes({ downloadBytes }: Draft, now: boolean): string {
  if (downloadBytes == null) return 'Start brings it along'
  return now ? `fetch it in Models first (${bytes(downloadBytes)})` : `Start brings it along (${bytes(downloadBytes)})`
}
