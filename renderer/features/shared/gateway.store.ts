import { create } from 'zustand'
import type { GatewayStatus } from '../../../electron/contract/gateway'
import { client } from '../../client/client'
import { follow } from '../../client/follow'

/** The one address and its routes; null until the host has answered. */
export const useGateway = create<{ gateway: GatewayStatus | null }>(() => ({ gateway: null }))

export function followGateway(signal: AbortSignal): void {
  void follow({
    open: inner => client.gateway.watch(undefined, { signal: inner }),
    apply: gateway => useGateway.setState({ gateway }),
    signal,
  })
}
