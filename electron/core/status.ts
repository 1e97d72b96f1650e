import type { ToShell } from '../contract/shell'
import type { Gateway } from './gateway/gateway.types'
import type { SettingsService } from './settings'
import type { Supervisor } from './supervisor/supervisor.types'

type Status = Omit<Extract<ToShell, { type: 'status' }>, 'type'>
type StatusDeps = { supervisor: Supervisor; gateway: Gateway; settings: SettingsService }

/** What tray and quit dialog need to know, told again after each change. */
export function createStatusWatch({ supervisor, gateway, settings }: StatusDeps) {
  return (listener: (status: Status) => void) => {
    const tell = () => {
      const running = supervisor.list().flatMap(each => (each.state.kind === 'ready' ? [each.modelTitle] : []))
      const { inFlight, address } = gateway.status()
      listener({ inFlight, running, address, askBeforeQuit: settings.get().askBeforeQuit })
    }
    gateway.subscribe(tell)
    settings.subscribe(tell)
    tell()
  }
}
