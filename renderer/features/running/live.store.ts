import { create } from 'zustand'
import type { RunningMetrics } from '../../../electron/contract/metrics'
import { client } from '../../client/client'
import { follow } from '../../client/follow'

interface LiveStore {
  metrics: RunningMetrics | null
  /** The host has nothing to tell of it. */
  refused: boolean
}

export const useLive = create<LiveStore>(() => ({ metrics: null, refused: false }))

/** Follows the figures of one instance until the signal ends it; the host measures only meanwhile. */
export function followLive(instance: string, signal: AbortSignal): void {
  useLive.setState({ metrics: null, refused: false })
  void follow({
    open: inner => client.instances.metrics({ id: instance }, { signal: inner }),
    apply: metrics => {
      if (!signal.aborted) useLive.setState({ metrics })
    },
    signal,
    onRefused: () => useLive.setState({ refused: true }),
  })
}
