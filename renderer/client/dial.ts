import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { NotLetIn, type Dial, type Wire } from './link'

const portTimeoutMs = 10_000

/**
 * The shell's way. The page posts `{type: 'roundhouse-ready'}` to itself; the preload answers with `{type: 'roundhouse-port'}`
 * and one MessagePort, and may post a further one at any time (a host that was started again), which ends the one before.
 */
export function dialByPort(page: Window): Dial {
  let newest: MessagePort | null = null
  const waiting = new Set<() => void>()
  const ends = new Set<() => void>()
  page.addEventListener('message', event => {
    const port = portOf(event, page)
    if (!port) return
    newest = port
    for (const end of ends) end()
    for (const wake of waiting) wake()
    waiting.clear()
  })

  return async function dial(): Promise<Wire> {
    if (!newest) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('The shell gave no port.')), portTimeoutMs)
        waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
        page.postMessage({ type: 'roundhouse-ready' }, '*')
      })
    }
    const port = newest
    if (!port) throw new Error('The shell gave no port.')
    newest = null
    // A port replaced by another says nothing by itself, but the calls under way on it must end.
    const end = () => void port.dispatchEvent(new Event('close'))
    ends.add(end)
    const closed = new Promise<void>(resolve => {
      port.addEventListener('close', () => resolve(), { once: true })
    }).then(() => {
      ends.delete(end)
      port.close()
    })
    const link = new PortLink({ port })
    port.start()
    return { link, closed }
  }
}

function portOf(event: MessageEvent, page: Window): MessagePort | null {
  if (event.source !== page) return null
  const data: unknown = event.data
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'roundhouse-port') return null
  return event.ports[0] ?? null
}

/**
 * The browser's way: one WebSocket beside the page, let in by the cookie of the one-time link. A socket does not say why it was
 * not opened, so the page is asked for: 401 is a host that does not know the cookie, because sessions end with their host.
 */
export function dialBySocket(address: string, page: string): Dial {
  return function dial(): Promise<Wire> {
    const socket = new WebSocket(address)
    const link = new SocketLink({ websocket: socket })
    const closed = new Promise<void>(resolve => socket.addEventListener('close', () => resolve(), { once: true }))
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve({ link, closed }), { once: true })
      const refused = async () => {
        const answer = await fetch(page, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
        reject(answer?.status === 401 ? new NotLetIn('The host does not know this window.') : new Error('The host did not answer.'))
      }
      socket.addEventListener('close', () => void refused(), { once: true })
    })
  }
}

/** Whether the page is the shell's own window and not a browser's. */
export const isShell = ({ navigator, location }: Window): boolean =>
  navigator.userAgent.includes('Electron/') || !location.protocol.startsWith('http')

/** Inside the shell the preload brings a port; in any other browser the host serves a WebSocket at the page's own address. */
export function dialFor(page: Window): Dial {
  const { protocol, host } = page.location
  return isShell(page) ? dialByPort(page) : dialBySocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`, '/')
}
