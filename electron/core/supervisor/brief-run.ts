import { setTimeout as sleep } from 'node:timers/promises'
import type { LaunchableProcess, Launchers } from './launcher'

/** `enough`: what was wanted had been said, and it was ended there. */
export type BriefRun = { lines: readonly string[]; ended: 'enough' | 'exited' | 'timed-out'; ms: number }

export type BriefRunOptions = { runId: string; enough: RegExp; timeoutMs: number; now(): number }

/** A process that even a kill does not end is let go after this much more. */
const leaveAfterMs = 3_000
const overdue = (timeoutMs: number) => sleep(timeoutMs + leaveAfterMs, undefined, { ref: false })

/** Far above what any of them prints; a program that floods must not fill the memory. */
const mostLines = 5_000

/**
 * Runs a runtime only for what it says before it would serve, under the same guard as every other, and ends it as soon as
 * that was said or the time is over. Rejects with Failure `not-installed` when it cannot be started.
 */
export async function runBriefly(launchers: Launchers, process: LaunchableProcess, options: BriefRunOptions): Promise<BriefRun> {
  const { runId, enough, timeoutMs, now } = options
  const began = now()
  const handle = await launchers[process.kind].launch(process, { runId, key: '' })
  const lines: string[] = []
  let ended: BriefRun['ended'] = 'exited'
  const end = (why: BriefRun['ended']) => {
    if (ended !== 'exited') return
    ended = why
    handle.signal('kill')
  }
  const timer = setTimeout(() => end('timed-out'), timeoutMs)
  handle.lines(({ text }) => {
    if (ended !== 'exited' || lines.length >= mostLines) return
    lines.push(text)
    if (enough.test(text)) end('enough')
  })
  await Promise.race([handle.exited, overdue(timeoutMs).then(handle.release)])
  clearTimeout(timer)
  return { lines, ended, ms: Math.round(now() - began) }
}
