import Activity from 'lucide-react/icons/activity'
import type { Generation } from '../../../electron/contract/compare'
import { StateWord } from '../../ui/state-word'
import type { Target } from './targets'

interface Props {
  /** Of its newest answer; null when it has none. */
  state: Generation['state'] | null
  /** Null while the pane's route is not running. */
  target: Target | null
  hasRoute: boolean
}

/** The state of a pane: that of its answer, else whether it could give one. */
export function PaneState({ state, target, hasRoute }: Props) {
  switch (state) {
    case 'waiting':
      return <StateWord tone="later">Waiting</StateWord>
    case 'streaming':
      return (
        <StateWord tone="busy" icon={Activity}>
          <span className="text-ink">Streaming</span>
        </StateWord>
      )
    case 'failed':
      return <StateWord tone="bad">Failed</StateWord>
    case 'interrupted':
      return <StateWord tone="warn">Interrupted</StateWord>
    default:
  }
  if (!hasRoute) return null
  if (!target) return <StateWord tone="warn">Not running</StateWord>
  if (!target.ready) return <StateWord tone="busy">Loading</StateWord>
  if (state === 'stopped') return <StateWord tone="info">Stopped</StateWord>
  if (state === 'done') return <StateWord tone="ok">Done</StateWord>
  return <StateWord tone="ok">Ready</StateWord>
}
