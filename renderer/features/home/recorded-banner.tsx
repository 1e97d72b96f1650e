import { StateWord } from '../../ui/state-word'
import { useSystem } from '../shared/system.store'

/** Said above everything else while a recorded machine is shown in place of this one. */
export function RecordedBanner() {
  const recorded = useSystem(store => store.system?.recorded ?? null)
  if (recorded === null) return null
  return (
    <p role="status" className="-my-1 rounded-1 border border-frame bg-sunken px-3 py-1.5">
      <StateWord tone="warn">
        <span className="whitespace-normal text-ink">
          <b>Recorded machine: {recorded}.</b> What is shown is decided for it; nothing can be started, installed or downloaded on it.
        </span>
      </StateWord>
    </p>
  )
}
