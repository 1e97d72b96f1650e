import { beforeEach, describe, expect, test, vi } from 'vitest'
import { electronStandIn } from './electron-stand-in'

let fake = electronStandIn()
beforeEach(() => {
  vi.resetModules()
})

async function load(options?: { isPackaged: boolean }) {
  fake = electronStandIn(options)
  vi.doMock('electron', () => fake.module)
  return import('../../../electron/shell/window')
}

test('the page is sandboxed, isolated and without Node', async () => {
  const { windowOptions } = await load()
  expect(windowOptions('/preload.cjs').webPreferences).toEqual({
    preload: '/preload.cjs',
    ...{ contextIsolation: true, sandbox: true, webSecurity: true },
    ...{ nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false },
    ...{ webviewTag: false, allowRunningInsecureContent: false, spellcheck: false, devTools: true },
  })
})

test('developer tools are closed in the packaged app', async () => {
  const { windowOptions } = await load({ isPackaged: true })
  expect(windowOptions('/preload.cjs').webPreferences?.devTools).toBe(false)
})

type Answer = (allowed: boolean) => void
type SessionParts = {
  request?: (contents: unknown, permission: string, answer: Answer) => void
  check?: (contents: unknown, permission: string) => boolean
  download?: (event: { preventDefault(): void }) => void
}

function sessionParts() {
  const parts: SessionParts = {}
  const session = {
    setPermissionRequestHandler: (handler: SessionParts['request']) => void Object.assign(parts, { request: handler }),
    setPermissionCheckHandler: (handler: SessionParts['check']) => void Object.assign(parts, { check: handler }),
    on: (_event: 'will-download', handler: SessionParts['download']) => void Object.assign(parts, { download: handler }),
  }
  return { parts, session: session as unknown as Electron.Session }
}

// Every permission that Electron 45's types name, of requests and of checks.
const permissions = [
  ...['accessibility-events', 'background-sync', 'clipboard-read', 'deprecated-sync-clipboard-read', 'display-capture', 'fileSystem'],
  ...['fullscreen', 'geolocation', 'hid', 'idle-detection', 'keyboardLock', 'media', 'mediaKeySystem', 'midi', 'midiSysex'],
  ...['notifications', 'openExternal', 'payment-handler', 'pointerLock', 'serial', 'speaker-selection', 'storage-access'],
  ...['top-level-storage-access', 'unknown', 'usb', 'window-management', 'something-new'],
]

describe('permissions', () => {
  test.each(permissions)('%s is denied', async permission => {
    const { lockSession } = await load()
    const { parts, session } = sessionParts()
    lockSession(session)
    const answer = vi.fn()
    parts.request?.(null, permission, answer)
    expect(answer).toHaveBeenCalledExactlyOnceWith(false)
    expect(parts.check?.(null, permission)).toBe(false)
  })

  test('writing text to the clipboard is allowed, a download is not', async () => {
    const { lockSession } = await load()
    const { parts, session } = sessionParts()
    lockSession(session)
    const answer = vi.fn()
    parts.request?.(null, 'clipboard-sanitized-write', answer)
    expect(answer).toHaveBeenCalledExactlyOnceWith(true)
    const preventDefault = vi.fn()
    parts.download?.({ preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })
})

const webAddresses = [
  ['https://example.com/', 'https://example.com/'],
  ['http://127.0.0.1:4700/v1', 'http://127.0.0.1:4700/v1'],
  ['HTTPS://EXAMPLE.COM/a b', 'https://example.com/a%20b'],
  ['ht\ntps://example.com/', 'https://example.com/'],
  [' https://example.com', 'https://example.com/'],
] as const

const refusedAddresses = [
  ...['file:///etc/passwd', 'FILE:///etc/passwd', 'fi\tle:///etc/passwd', ' file:///etc/passwd', 'file://host/share/x.exe'],
  ...['smb://host/share', 'nfs://host/x', 'ftp://host/x', 'sftp://host/x', 'afp://host/x', 'dav://host/x', 'ssh://host'],
  ...['telnet://host', 'vnc://host', 'rdp://host', 'ldap://host', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)'],
  ...['vbscript:msgbox(1)', 'data:text/html,<script>1</script>', 'blob:https://example.com/1', 'about:blank', 'chrome://settings'],
  ...['chrome-extension://x/y', 'devtools://x', 'view-source:https://example.com', 'roundhouse-app://window/index.html'],
  ...['ms-msdt:/id PCWDiagnostic', 'ms-officecmd:{}', 'ms-settings:', 'search-ms:query=x', 'shell:startup', 'steam://run/1'],
  ...['vscode://x', 'x-apple.systempreferences:', 'itms-services://?action=x', 'intent://x', 'tel:1', 'sms:1', 'ws://host', 'wss://host'],
  ...['\\\\host\\share', '//example.com', '/etc/passwd', 'example.com', 'C:\\Windows\\system32\\calc.exe', '', ' ', 'https:', 'http://'],
]

describe('addresses opened in the browser of the person', () => {
  test.each(webAddresses)('%j is opened', async (address, opened) => {
    const { openOutside } = await load()
    expect(openOutside(address)).toBe(true)
    expect(fake.opened).toEqual([opened])
  })

  test.each(refusedAddresses)('%j is refused', async address => {
    const { openOutside } = await load()
    expect(openOutside(address)).toBe(false)
    expect(fake.opened).toEqual([])
  })
})

type Listener = (event: { preventDefault(): void }, address: string) => void

function contentsParts() {
  const listeners = new Map<string, Listener>()
  let opener: (details: { url: string }) => { action: string } = () => ({ action: 'none' })
  const contents = {
    on: (event: string, listener: Listener) => void listeners.set(event, listener),
    setWindowOpenHandler: (handler: typeof opener) => void (opener = handler),
  }
  const isPrevented = (event: string, address: string) => {
    const preventDefault = vi.fn()
    listeners.get(event)?.({ preventDefault }, address)
    return preventDefault.mock.calls.length > 0
  }
  return { contents: contents as unknown as Electron.WebContents, isPrevented, open: (url: string) => opener({ url }) }
}

describe('navigation', () => {
  test.each([
    ['roundhouse-app://window/index.html', false],
    ['roundhouse-app://window/index.html#/compare', false],
    ['roundhouse-app://elsewhere/index.html', true],
    ['roundhouse-app://window.evil/index.html', true],
    ['https://example.com/', true],
    ['file:///etc/passwd', true],
    ['data:text/html,x', true],
    ['about:blank', true],
  ])('%s is prevented: %s', async (address, prevented) => {
    const { lockContents } = await load()
    const { contents, isPrevented } = contentsParts()
    lockContents(contents)
    expect(isPrevented('will-navigate', address)).toBe(prevented)
    expect(isPrevented('will-redirect', address)).toBe(prevented)
    expect(isPrevented('will-attach-webview', address)).toBe(true)
  })

  test('no window is opened; a web address goes to the browser', async () => {
    const { lockContents } = await load()
    const { contents, open } = contentsParts()
    lockContents(contents)
    expect(open('https://example.com/')).toEqual({ action: 'deny' })
    expect(open('file:///etc/passwd')).toEqual({ action: 'deny' })
    expect(fake.opened).toEqual(['https://example.com/'])
  })
})
