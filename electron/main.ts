import { app, dialog, ipcMain, powerMonitor, type BrowserWindow } from 'electron'
import { join } from 'path'
import type { ToShell } from './contract/shell'
import { createEngines } from './shell/engines'
import { startHost, type HostProcess } from './shell/host-process'
import { registerPageScheme, servePages } from './shell/pages'
import { contentSecurityPolicy } from './contract/content-security-policy'
import { createTray } from './shell/tray'
import { createWindow, defaultSession, lockSession, setMenu } from './shell/window'

const MOST_HOST_RESTARTS = 5
const HOST_ENDS_WITHIN_MS = 10_000

/** dist/, beside this file once built; its unpacked copy where files are run by plain processes. */
const folder = __dirname
const unpacked = folder.replace('app.asar', 'app.asar.unpacked')
const resources = app.isPackaged ? join(process.resourcesPath, 'resources') : join(folder, '..', 'resources')

let window: BrowserWindow | null = null
let host: HostProcess | null = null
let status: Extract<ToShell, { type: 'status' }> | null = null
let hostRestarts = 0
let quitting = false

registerPageScheme()
if (app.requestSingleInstanceLock()) void app.whenReady().then(open)
else app.quit()
app.on('second-instance', showWindow)
app.on('activate', showWindow)
// Runtimes go on in the tray when the window is closed.
app.on('window-all-closed', () => undefined)

function open() {
  setMenu()
  lockSession(defaultSession())
  servePages(defaultSession(), join(folder, 'renderer'), contentSecurityPolicy)
  const engines = createEngines(join(unpacked, 'host', 'engine.js'), message => host?.send(message))
  const tray = createTray(join(resources, 'icons', 'icon.png'), { show: showWindow, quit: () => app.quit() })

  function launchHost() {
    host = startHost({
      file: join(unpacked, 'host', 'host.js'),
      env: { ...process.env, ROUNDHOUSE_RESOURCES: resources },
      onMessage(message) {
        if (message.type === 'engine-start') engines.start(message)
        else if (message.type === 'engine-signal') engines.signal(message)
        else if (message.type === 'failed') fail(message.message)
        else if (message.type === 'ended') app.exit(0)
        else if (message.type === 'status') {
          status = message
          tray?.update(message)
        }
      },
      onExit() {
        engines.endAll()
        host = null
        if (quitting) app.exit(0)
        else if (++hostRestarts > MOST_HOST_RESTARTS) fail('The host of Roundhouse ended too often. Its log is in the logs folder.')
        else {
          launchHost()
          window?.webContents.reload()
        }
      },
    })
  }

  ipcMain.on('roundhouse:ready', event => {
    if (event.sender === window?.webContents && event.senderFrame?.parent == null) host?.connect(event.sender)
  })
  ipcMain.handle('roundhouse:choose-model-file', async event => {
    if (!window || event.sender !== window.webContents) return null
    const chosen = await dialog.showOpenDialog(window, {
      properties: ['openFile'],
      filters: [{ name: 'GGUF models', extensions: ['gguf'] }],
    })
    return chosen.filePaths[0] ?? null
  })
  powerMonitor.on('resume', () => host?.send({ type: 'resumed' }))
  app.on('before-quit', askAndQuit)
  launchHost()
  showWindow()
}

function showWindow() {
  if (!app.isReady()) return
  if (window === null) {
    window = createWindow(join(folder, 'preload.cjs'))
    window.on('closed', () => {
      window = null
    })
    return
  }
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Quitting ends every runtime: asked first when someone is being answered, then done politely, then for certain. */
function askAndQuit(event: { preventDefault(): void }) {
  if (quitting || host === null) return
  event.preventDefault()
  const inFlight = status?.inFlight ?? 0
  if (inFlight > 0 && status?.askBeforeQuit !== false) {
    const choice = dialog.showMessageBoxSync({
      type: 'question',
      message: `${inFlight} ${inFlight === 1 ? 'request is' : 'requests are'} being answered.`,
      detail: 'Quitting stops them and every running model.',
      buttons: ['Keep running', 'Quit'],
      defaultId: 0,
      cancelId: 0,
    })
    if (choice === 0) return
  }
  quitting = true
  host.send({ type: 'shut-down' })
  setTimeout(() => {
    host?.kill()
    app.exit(0)
  }, HOST_ENDS_WITHIN_MS)
}

function fail(message: string) {
  dialog.showErrorBox('Roundhouse could not start', message)
  app.exit(1)
}
