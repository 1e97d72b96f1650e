import { protocol, type Session } from 'electron'
import { readFileSync } from 'fs'
import { extname, join, normalize, sep } from 'path'

/** Scheme of the window's own pages; `file:` stays closed. */
export const pageScheme = 'roundhouse-app'
export const pageAddress = `${pageScheme}://window/index.html`

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/** Must run before the app is ready. */
export function registerPageScheme() {
  protocol.registerSchemesAsPrivileged([{ scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

type Page = { status: number; type: string; body: Buffer }

/** The file of the built renderer that an address names; 404 for everything else. */
export function readPage(folder: string, address: string): Page {
  const missing: Page = { status: 404, type: 'text/plain', body: Buffer.from('There is no such page.') }
  let path: string
  try {
    path = normalize(join(folder, decodeURIComponent(new URL(address).pathname)))
  } catch {
    return missing
  }
  if (!path.startsWith(folder + sep) || path.includes('\0')) return missing
  try {
    return { status: 200, type: types[extname(path)] ?? 'application/octet-stream', body: readFileSync(path) }
  } catch {
    return missing
  }
}

/** How pages were served before Electron 25. */
type OldReply = { statusCode: number; mimeType: string; headers: Record<string, string>; data: Buffer }
type OldProtocol = {
  registerBufferProtocol(scheme: string, handler: (request: { url: string }, callback: (reply: OldReply) => void) => void): void
}

/** Serves the renderer under our scheme, with the policy that the browser gets too. */
export function servePages(session: Session, folder: string, policy: string) {
  const headersOf = (page: Page) => ({ 'content-type': page.type, 'content-security-policy': policy, 'x-content-type-options': 'nosniff' })
  // Electron before 25 has no `handle`; the smoke test of the shell runs on such a one.
  if (typeof session.protocol.handle !== 'function') {
    const old = session.protocol as unknown as OldProtocol
    old.registerBufferProtocol(pageScheme, (request, callback) => {
      const page = readPage(folder, request.url)
      callback({ statusCode: page.status, mimeType: page.type.split(';')[0] ?? page.type, headers: headersOf(page), data: page.body })
    })
    return
  }
  session.protocol.handle(pageScheme, request => {
    const page = readPage(folder, request.url)
    return new Response(new Uint8Array(page.body), { status: page.status, headers: headersOf(page) })
  })
}
