import type { Decision } from '../../../electron/contract/decision'
import { Hint } from '../../ui/hint'
import { Workings } from '../../ui/workings'

/** A sentence that says on hover or focus what it rests on; plain where nothing is known of that. */
export function GroundedText({ text, grounds }: { text: string; grounds: Decision['grounds'] }) {
  const evidence = grounds?.[text] ?? []
  if (evidence.length === 0) return text
  const lines = evidence.map(each => (each.source === null ? each.text : `${each.text} (${each.source})`))
  return (
    <Hint text={<Workings head="What it rests on" lines={lines} />} className="inline! whitespace-normal">
      {text}
    </Hint>
  )
}
