import type { WebSocket } from 'ws'

/**
 * Asks each socket for a sign of life and ends the one that gave none since the last time. A window that was put to sleep or cut off
 * without a word reads nothing, and all that is told to it would pile up here for as long as the host runs.
 * @returns what ends the asking.
 */
export function keepAlive(sockets: ReadonlySet<WebSocket>, everyMs: number): () => void {
  const silent = new WeakSet<WebSocket>()
  const timer = setInterval(() => {
    for (const socket of sockets) {
      if (silent.has(socket)) {
        socket.terminate()
        continue
      }
      silent.add(socket)
      socket.once('pong', () => silent.delete(socket))
      socket.ping()
    }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
