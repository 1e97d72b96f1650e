import { onError } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { SupportedMessagePort } from '@orpc/client/message-port'
import type { WebSocket } from 'ws'
import type { Api } from '../core/api'
import { faultIn } from '../core/api-base'

/** Both doors open the same room: the contract over a WebSocket and over a MessagePort. */
export function createDoors(api: Api, onFault: (error: unknown) => void) {
  const onUnexpected = (error: unknown) => {
    const fault = faultIn(error)
    if (fault !== null) onFault(fault)
  }
  const sockets = new SocketHandler(api, { interceptors: [onError(onUnexpected)] })
  const ports = new PortHandler(api, { interceptors: [onError(onUnexpected)] })
  return {
    serveSocket: (socket: WebSocket) => void sockets.upgrade(socket),
    servePort: (port: SupportedMessagePort) => ports.upgrade(port),
  }
}
