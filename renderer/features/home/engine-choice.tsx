import type { RuntimeSummary } from '../../../electron/contract/runtime'
import { useRuntimes } from '../shared/runtimes.store'

/** What only attaches to a server that runs elsewhere is no engine to plan with. */
const isStarted = ({ launchable, verdict }: RuntimeSummary) => launchable && !(verdict.can && verdict.how === 'remote')

/** Engines that the app can start on this machine. */
export const isStartedHere = (runtime: RuntimeSummary) => isStarted(runtime) && runtime.verdict.can

interface Props {
  /** Id of the runtime that was named; undefined where the app chooses. */
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** The engine, for someone who knows which: any that the app can start somewhere. What keeps it from running here is the answer then. */
export function EngineChoice({ value, onChange }: Props) {
  const runtimes = useRuntimes(store => store.runtimes)
  const offered = (runtimes ?? []).filter(isStarted)
  // A need from outside may name one that is not in the list, or the list is not here yet.
  const unlisted = value === undefined || offered.some(runtime => runtime.id === value) ? [] : [{ id: value, title: value }]
  return (
    <label className="flex items-center gap-2">
      <span className="text-ink-2">on</span>
      <select
        aria-label="Engine"
        className="h-6 max-w-44 rounded-1 border border-edge bg-surface px-1"
        value={value ?? ''}
        onChange={event => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">the best engine</option>
        {[...offered, ...unlisted].map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}
