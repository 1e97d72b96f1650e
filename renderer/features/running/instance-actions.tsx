import RefreshCw from 'lucide-react/icons/refresh-cw'
import Unplug from 'lucide-react/icons/unplug'
import X from 'lucide-react/icons/x'
import { useLocation } from 'wouter'
import type { Instance } from '../../../electron/contract/instance'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { IconButton } from '../../ui/icon-button'
import { StopIcon } from '../../ui/stop-icon'
import { act } from '../shared/notice.store'

/** The one thing to do with an instance now; an ended one can also be taken off the list. */
export function InstanceActions({ instance }: { instance: Instance }) {
  const [, navigate] = useLocation()
  const { id, state, adopted } = instance
  async function retry() {
    const job = await act(`${id} could not be started again`, () => client.instances.restart({ id, request: null }))
    if (job) navigate(`/start/${job.id}`)
  }
  const stop = () => void act(`${id} could not be stopped`, () => client.instances.stop({ id }))
  const dismiss = () => void act(`${id} could not be taken off the list`, () => client.instances.dismiss({ id }))
  if (state.kind === 'failed' || state.kind === 'stopped') {
    return (
      <span className="inline-flex items-center">
        {instance.request !== null && (
          <Button
            tone="quiet"
            size="low"
            icon={RefreshCw}
            aria-label={`${state.kind === 'failed' ? 'Retry' : 'Start again'} ${id}`}
            onClick={() => void retry()}
          >
            {state.kind === 'failed' ? 'Retry' : 'Start again'}
          </Button>
        )}
        <IconButton icon={X} size="low" label={`Dismiss ${id}`} onClick={dismiss} />
      </span>
    )
  }
  if (state.kind === 'stuck') return <IconButton icon={X} size="low" label={`Dismiss ${id}`} onClick={dismiss} />
  return (
    <Button
      tone="quiet"
      size="low"
      icon={adopted ? Unplug : StopIcon}
      disabled={state.kind === 'stopping'}
      aria-label={`${adopted ? 'Detach' : 'Stop'} ${id}`}
      title={adopted ? 'Takes its route away; the server itself goes on' : undefined}
      onClick={stop}
    >
      {adopted ? 'Detach' : 'Stop'}
    </Button>
  )
}
