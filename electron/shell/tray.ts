import { Menu, nativeImage, Tray } from 'electron'
import type { ToShell } from '../contract/shell'

type Status = Extract<ToShell, { type: 'status' }>
type TrayActions = { show(): void; quit(): void }

/** The tray: what runs, the address, show and quit. Null where the desktop has no tray. */
export function createTray(iconFile: string, { show, quit }: TrayActions) {
  let tray: Tray
  try {
    tray = new Tray(nativeImage.createFromPath(iconFile).resize({ width: 16, height: 16 }))
  } catch {
    return null
  }
  tray.on('click', show)
  function update(status: Status | null) {
    const running = status?.running.length ? status.running.join(', ') : 'Nothing runs'
    tray.setToolTip(`Roundhouse: ${running}`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: running, enabled: false },
        ...(status?.address ? [{ label: status.address, enabled: false }] : []),
        { type: 'separator' },
        { label: 'Show Roundhouse', click: show },
        { label: 'Quit', click: quit },
      ]),
    )
  }
  update(null)
  return { update }
}
