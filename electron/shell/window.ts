import { app, BrowserWindow, Menu, nativeTheme, session, shell, type BrowserWindowConstructorOptions, type Session } from 'electron'
import { pageAddress, pageScheme } from './pages'

/** The one set of window options: nothing of Node in the page, sandboxed, isolated. */
export const windowOptions = (preload: string): BrowserWindowConstructorOptions => ({
  width: 1440,
  height: 900,
  minWidth: 800,
  minHeight: 560,
  show: false,
  backgroundColor: nativeTheme.shouldUseDarkColors ? '#12161b' : '#ffffff',
  title: 'Roundhouse',
  webPreferences: {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
    devTools: !app.isPackaged,
    spellcheck: false,
  },
})

/** Web permissions a page of ours may use. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Denies what the window never needs: permissions, downloads. */
export function lockSession(own: Session) {
  own.setPermissionRequestHandler((_contents, permission, answer) => answer(allowedPermissions.has(permission)))
  own.setPermissionCheckHandler((_contents, permission) => allowedPermissions.has(permission))
  own.on('will-download', event => event.preventDefault())
}

/** Opens a web address in the person's browser; every other scheme is refused. */
export function openOutside(address: string): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return false
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false
  void shell.openExternal(url.href)
  return true
}

export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow(windowOptions(preload))
  const { webContents } = window
  const stay = (event: { preventDefault(): void }, address: string) => {
    if (!address.startsWith(`${pageScheme}://window/`)) event.preventDefault()
  }
  webContents.on('will-navigate', (event, address: string) => stay(event, address))
  webContents.on('will-redirect', (event, address: string) => stay(event, address))
  webContents.on('will-attach-webview', event => event.preventDefault())
  // Electron before 12 knows only the event.
  if (typeof webContents.setWindowOpenHandler === 'function') {
    webContents.setWindowOpenHandler(({ url }) => {
      openOutside(url)
      return { action: 'deny' }
    })
  }
  window.once('ready-to-show', () => window.show())
  void window.loadURL(pageAddress)
  return window
}

export const defaultSession = () => session.defaultSession

/** Menu of the platform's usual roles; the window's own commands live in the page. */
export function setMenu() {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null)
    return
  }
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'viewMenu' }, { role: 'windowMenu' }]))
}
