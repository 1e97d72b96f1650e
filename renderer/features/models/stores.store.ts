import { useEffect } from 'react'
import { create } from 'zustand'
import type { StoresSnapshot } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { follow } from '../../client/follow'

/** The stores of models on this machine; null until the host has answered. */
export const useStores = create<{ stores: StoresSnapshot | null }>(() => ({ stores: null }))

/** Keeps it true while a view is open; the first to look makes the host look. */
export function useFollowStores() {
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    void follow({
      open: inner => client.models.stores.watch(undefined, { signal: inner }),
      apply: stores => useStores.setState({ stores }),
      signal,
    })
    return () => controller.abort()
  }, [])
}
