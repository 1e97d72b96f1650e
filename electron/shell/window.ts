import {
  app,
  BrowserWindow,
  Menu,
  nativeTheme,
  session,
  shell,
  type BrowserWindowConstructorOptions,
  type Session,
  type WebContents,
} from 'electron'
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

/** How windows asked for by a page were refused before Electron 12. */
type OldContents = { on(event: 'new-window', listener: (event: { preventDefault(): void }, address: string) => void): void }

/** Keeps a page where it is: no navigation elsewhere, no embedded pages; a new window becomes a tab of the person's browser. */
export function lockContents(contents: WebContents) {
  const stay = (event: { preventDefault(): void }, address: string) => {
    if (!address.startsWith(`${pageScheme}://window/`)) event.preventDefault()
  }
  contents.on('will-navigate', (event, address: string) => stay(event, address))
  contents.on('will-redirect', (event, address: string) => stay(event, address))
  contents.on('will-attach-webview', event => event.preventDefault())
  if (typeof contents.setWindowOpenHandler === 'function') {
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url)
      return { action: 'deny' }
    })
    return
  }
  const old = contents as unknown as OldContents
  old.on('new-window', (event, address) => {
    event.preventDefault()
    openOutside(address)
  })
}

/** The only place that makes a window. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow(windowOptions(preload))
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
