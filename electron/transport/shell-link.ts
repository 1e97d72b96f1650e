import type { SupportedMessagePort } from '@orpc/client/message-port'
import type { ToHost, ToShell } from '../contract/shell'

/** A utilityProcess's way to its parent (Electron's `process.parentPort`), as far as we use it. */
type ParentPort = {
  on(event: 'message', listener: (event: { data: unknown; ports: (SupportedMessagePort & { start(): void })[] }) => void): void
  postMessage(message: unknown): void
}

export type ShellLink = {
  tell(message: ToShell): void
  listen(listener: (message: ToHost) => void): void
  /** Each port is one window; it is to be served as the contract. */
  onPort(listener: (port: SupportedMessagePort) => void): void
}

type PortEvent = { data: unknown }

/** Links the host to Electron's main process: through the parent port of a utilityProcess, or messages of a forked Node. */
export function linkToShell(): ShellLink {
  const parent = (process as unknown as { parentPort?: ParentPort }).parentPort
  return parent ? throughParentPort(parent) : throughMessages()
}

function throughParentPort(parent: ParentPort): ShellLink {
  return {
    tell: message => parent.postMessage(message),
    listen(listener) {
      parent.on('message', ({ data }) => listener(data as ToHost))
    },
    onPort(listener) {
      parent.on('message', ({ ports }) => {
        const [port] = ports
        if (!port) return
        listener(port)
        port.start()
      })
    },
  }
}

function throughMessages(): ShellLink {
  // The shell is gone without a word (killed, crashed): end at once, so that the guards end the runtimes within the second.
  process.once('disconnect', () => process.exit(1))
  const tell = (message: ToShell) => void process.send?.(message)
  const listen = (listener: (message: ToHost) => void) => void process.on('message', (message: unknown) => listener(message as ToHost))
  return {
    tell,
    listen,
    onPort(listener) {
      const ports = new Map<number, ReturnType<typeof relayedPort>>()
      listen(message => {
        if (message.type === 'port-open') {
          const port = relayedPort(data => tell({ type: 'port-message', port: message.port, data }))
          ports.set(message.port, port)
          listener(port)
        } else if (message.type === 'port-message') ports.get(message.port)?.deliver('message', { data: message.data })
        else if (message.type === 'port-close') {
          ports.get(message.port)?.deliver('close')
          ports.delete(message.port)
        }
      })
    },
  }
}

/** A port whose other end is beyond the process boundary. */
function relayedPort(send: (data: unknown) => void) {
  const listeners: { event: string; callback: (event?: PortEvent) => void }[] = []
  return {
    postMessage: send,
    on: (event: string, callback: (event?: PortEvent) => void) => void listeners.push({ event, callback }),
    deliver(event: 'message' | 'close', data?: PortEvent) {
      for (const each of listeners) if (each.event === event) each.callback(data)
    },
  }
}
