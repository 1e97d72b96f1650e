import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../lib/clock'
import type { LaunchPlan } from '../runtimes/runtime'
import { healthOf } from './ready'
import type { Timings } from './timings'

export type HealthDeps = { fetch: typeof globalThis.fetch; clock: Clock; signal: AbortSignal; timings: Timings }

/** Asks a ready runtime for its health; resolves when it missed several in a row, rejects when the signal fires. */
export async function watchHealth(plan: LaunchPlan, { fetch, clock, signal, timings }: HealthDeps): Promise<void> {
  const request = { fetch, signal, timings: { ...timings, healthTimeoutMs: timings.liveTimeoutMs } }
  for (let misses = 0; misses < timings.liveMisses;) {
    const beganMs = clock.monotonicMs()
    await sleep(timings.liveEveryMs, undefined, { signal })
    const healthy = (await healthOf(plan, request)) === '200'
    // After sleep of the machine, or a stop of this process, a miss says nothing about the runtime.
    const stoodStill = clock.monotonicMs() - beganMs > timings.liveEveryMs + 2 * timings.liveTimeoutMs
    misses = healthy || stoodStill ? 0 : misses + 1
  }
}
