import { useEffect } from 'react'
import { create } from 'zustand'
import type { FailureReport } from '../../../electron/contract/failure'
import type { RuntimeDetail, RuntimesSnapshot } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { follow } from '../../client/follow'

interface RuntimesPlaceStore {
  /** Everything the host knows of every runtime; null until it has answered. */
  snapshot: RuntimesSnapshot | null
  failure: FailureReport | null
}

export const useRuntimesPlace = create<RuntimesPlaceStore>(() => ({ snapshot: null, failure: null }))

/** Keeps the store true while the calling view is mounted; what was known before stays visible meanwhile. */
export function useFollowRuntimes(): void {
  useEffect(() => {
    const controller = new AbortController()
    void follow({
      open: signal => client.runtimes.watch(undefined, { signal }),
      apply: snapshot => useRuntimesPlace.setState({ snapshot, failure: null }),
      signal: controller.signal,
      onRefused: error => useRuntimesPlace.setState({ failure: reportOfError(error) }),
    })
    return () => controller.abort()
  }, [])
}

/** One runtime by its id; null when there is none of that name, or nothing is known yet. */
export const detailOf = (snapshot: RuntimesSnapshot | null, id: string): RuntimeDetail | null =>
  snapshot?.runtimes.find(each => each.id === id) ?? null
