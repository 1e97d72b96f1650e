import { useConnection } from '../../client/client'
import { followGateway } from './gateway.store'
import { followInstances } from './instances.store'
import { followJobs } from './jobs.store'
import { followMachine } from './machine.store'
import { followModels } from './models.store'
import { loadRuntimes } from './runtimes.store'
import { followSettings } from './settings.store'
import { loadSystem } from './system.store'

/** Fills every shared store and keeps it true, until the returned function is called. */
export function followAll(): () => void {
  const controller = new AbortController()
  const { signal } = controller
  followSettings(signal)
  followMachine(signal)
  followGateway(signal)
  followInstances(signal)
  followJobs(signal)
  followModels(signal)
  const load = () => {
    void loadSystem()
    void loadRuntimes()
  }
  if (useConnection.getState().state === 'connected') load()
  const stop = useConnection.subscribe((now, before) => {
    if (now.state === 'connected' && before.state !== 'connected') load()
  })
  signal.addEventListener('abort', stop, { once: true })
  return () => controller.abort()
}
