import { setTimeout as sleep } from 'node:timers/promises'
import type { LaunchPlan } from '../runtimes/runtime'
import type { ProcessHandle } from './launcher'
import type { Timings } from './timings'

export type TerminateOptions = {
  stop: LaunchPlan['stop']
  /** Of a runtime that failed no long politeness is expected. */
  endedBy: 'person' | 'failure' | null
  timings: Timings
  events: { onUnkillable(why: string): void }
}

/** TERM to the group, the plan's grace, a second TERM where the plan says so, KILL, and a limit on waiting even then. */
export async function terminate(handle: ProcessHandle, { stop, endedBy, timings, events }: TerminateOptions): Promise<void> {
  const done = new AbortController()
  const ended = handle.exited.then(() => done.abort())
  const within = async (ms: number) => {
    await Promise.race([ended, sleep(ms, undefined, { signal: done.signal }).catch(() => undefined)])
    return done.signal.aborted
  }
  handle.signal('term')
  if (await within(endedBy === 'failure' ? Math.min(stop.graceMs, timings.failureGraceMs) : stop.graceMs)) return
  if (stop.secondSignal) {
    handle.signal('term')
    if (await within(timings.secondSignalMs)) return
  }
  handle.signal('kill')
  if (await within(timings.killWaitMs)) return
  handle.release()
  events.onUnkillable(
    'It did not end even when the system was told to kill it, and may still hold its memory. Often a driver is to blame; a restart of the machine helps.',
  )
}
