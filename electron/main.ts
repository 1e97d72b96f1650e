import { app, ipcMain, powerMonitor, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron'
import { join } from 'path'
import { contentSecurityPolicy } from './contract/content-security-policy'
import { chooseModelFile } from './shell/dialogs'
import { createEngines } from './shell/engines'
import { keepHost } from './shell/keep-host'
import { pageAddress, registerPageScheme, servePages } from './shell/pages'
import { createQuitting } from './shell/quitting'
import { createTray } from './shell/tray'
import { createWindow, defaultSession, lockContents, lockSession, setMenu } from './shell/window'

/** dist/, beside this file once built; its unpacked copy where files are run by plain processes. */
const folder = __dirname
const unpacked = folder.replace('app.asar', 'app.asar.unpacked')
const resources = app.isPackaged ? join(process.resourcesPath, 'resources') : join(folder, '..', 'resources')
const home = process.env.ROUNDHOUSE_HOME

let window: BrowserWindow | null = null

// Homes do not see each other, so each has a window of its own: the single instance is one per profile folder.
if (home) app.setPath('userData', join(home, 'window'))
registerPageScheme()
if (app.requestSingleInstanceLock()) void app.whenReady().then(open)
else app.quit()
app.on('second-instance', showWindow)
app.on('activate', showWindow)
app.on('web-contents-created', (_event, contents) => lockContents(contents))

function open() {
  setMenu()
  lockSession(defaultSession())
  servePages(defaultSession(), join(folder, 'renderer'), contentSecurityPolicy)

  const quitting = createQuitting(() => host)
  const engines = createEngines(join(unpacked, 'host', 'engine.js'), message => host.send(message))
  const tray = createTray(join(resources, 'icons', 'icon.png'), { show: showWindow, quit: () => app.quit() })
  const host = keepHost({
    file: join(unpacked, 'host', 'host.js'),
    env: { ...process.env, ROUNDHOUSE_RESOURCES: resources },
    engines,
    isQuitting: quitting.isUnderWay,
    onStatus(status) {
      quitting.remember(status)
      tray?.update(status)
    },
    onBack() {
      if (window) host.connect(window.webContents)
    },
    onEnded: () => app.exit(0),
    onFailed: quitting.fail,
  })

  ipcMain.on('roundhouse:ready', event => {
    if (isFromWindow(event)) host.connect(event.sender)
  })
  ipcMain.handle('roundhouse:choose-model-file', event => (window && isFromWindow(event) ? chooseModelFile(window) : null))
  // macOS and Windows do not say that a card came or went; after sleep, and when a dock brings power, it is looked for.
  powerMonitor.on('resume', () => host.send({ type: 'resumed' }))
  powerMonitor.on('on-ac', () => host.send({ type: 'resumed' }))
  app.on('before-quit', quitting.ask)
  // Runtimes go on in the tray when the window is closed; without a tray nobody could end them.
  app.on('window-all-closed', () => {
    if (tray === null) app.quit()
  })
  showWindow()
}

/** Only our own page in the top frame of our own window is listened to. */
function isFromWindow({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return sender === window?.webContents && sender.getURL().startsWith(pageAddress) && senderFrame?.parent == null
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
