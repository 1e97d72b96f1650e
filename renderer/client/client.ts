import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { create } from 'zustand'
import type { contract } from '../../electron/contract'
import { createLastingLink, type ConnectionState, type Dial } from './link'

export type Client = ContractRouterClient<typeof contract>

/** Whether the host can be reached now. */
export const useConnection = create<{ state: ConnectionState }>(() => ({ state: 'connecting' }))

const lasting = createLastingLink({
  wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
  onState: state => useConnection.setState({ state }),
})

/** Everything the window may ask of the host. Calls wait while there is no connection. */
export const client: Client = createORPCClient(lasting.link)

/** Connects, and again after each loss; the returned function ends it. */
export function connect(dial: Dial): () => void {
  const controller = new AbortController()
  void lasting.run(dial, controller.signal)
  return () => controller.abort()
}
