import * as z from 'zod'
import type { Clock } from '../lib/clock'
import type { Collection } from '../store/store.types'
import { bootId, livingMembers, nameOf, processesMarked, startTimeOf, untilGone } from './processes'
import { markerOf } from './spawn-launcher'

export const runRowSchema = z.object({
  runId: z.string(),
  instance: z.string(),
  /** Null until the process is there. */
  pid: z.int().nullable(),
  /** As the OS writes it; with `bootId` and `pid` it names one process. */
  startTime: z.string().nullable(),
  bootId: z.string().nullable(),
  executable: z.string(),
  port: z.int().nullable(),
  /** Process group; equal to the pid for what the guard started. */
  group: z.int().nullable(),
  startedAt: z.string(),
})
export type RunRow = z.infer<typeof runRowSchema>

export type Ledger = {
  /** Written before the process is there, so that no crash of ours can leave one that nobody knows. */
  begin(run: { runId: string; instance: string; executable: string; port: number | null }): Promise<void>
  launched(runId: string, pid: number | null): Promise<void>
  ended(runId: string): void
  /** Ends what earlier runs of this home left behind and forgets the rest. One sentence for each that was ended. */
  sweep(): Promise<string[]>
}

export type LedgerDeps = { rows: Collection<RunRow>; installId: string; clock: Clock; platform?: NodeJS.Platform }

/** The record of every process that was started and not seen to end. */
export function createLedger({ rows, installId, clock, platform = process.platform }: LedgerDeps): Ledger {
  const ofThisRun = new Set<string>()
  return {
    async begin({ runId, instance, executable, port }) {
      ofThisRun.add(runId)
      const row = { runId, instance, executable, port, pid: null, startTime: null, group: null, startedAt: clock.wall() }
      rows.set(runId, { ...row, bootId: await bootId() })
    },
    async launched(runId, pid) {
      const row = rows.get(runId)
      if (!row) return
      rows.set(runId, { ...row, pid, group: pid, startTime: pid === null ? null : await startTimeOf(pid) })
    },
    ended(runId) {
      ofThisRun.delete(runId)
      try {
        rows.remove(runId)
      } catch {
        // A full disk: the next sweep finds its process gone and forgets it then.
      }
    },
    async sweep() {
      const notices: string[] = []
      const boot = await bootId()
      for (const { id, value } of rows.all()) {
        if (ofThisRun.has(id)) continue
        if (platform === 'win32') notices.push(...mayBeLeft(value))
        else if (value.bootId === boot && (await endLeftovers(value, markerOf(installId, id)))) {
          notices.push(`Ended ${baseName(value.executable)} (process ${value.pid ?? 'unknown'}), left over from an earlier run.`)
        }
        rows.remove(id)
      }
      notices.push(...(await endUnrecorded(installId, ofThisRun)))
      return notices
    },
  }
}

/** What was killed is waited for this long. */
const killedMs = 2_000

/**
 * On Windows nothing is searched and killed: a process's environment cannot be read there, so that none could be told for ours.
 * libuv's job ends the runtime itself with the app, but lets what it starts in turn break away (src/win/process.c,
 * JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK). The person is told where to look.
 */
function mayBeLeft({ executable, pid, port }: RunRow): string[] {
  if (pid === null) return []
  const name = baseName(executable)
  const where = port === null ? 'memory' : `memory or port ${port}`
  return [
    `Roundhouse was killed while ${name} ran. Windows ended that with it, but not programs that it had started: if ${where} is still taken, look for them in the Task Manager.`,
  ]
}

const baseName = (path: string) => path.split(/[/\\]/).pop() ?? path

/** Kills the group when its leader is the recorded process, and whoever carries the run's marker. True when anything was alive. */
async function endLeftovers(row: RunRow, marker: string): Promise<boolean> {
  const leaderLives = row.pid !== null && row.startTime !== null && (await startTimeOf(row.pid)) === row.startTime
  const group = leaderLives ? row.group : null
  const members = await livingMembers(group, marker)
  if (group !== null) kill(-group)
  members.forEach(kill)
  await untilGone(() => livingMembers(group, marker), killedMs)
  return members.length > 0
}

/** Processes with a marker of this home but without a row: the store was lost, or the row never reached the disk. */
async function endUnrecorded(installId: string, ofThisRun: ReadonlySet<string>): Promise<string[]> {
  const keep = new Set<number>()
  for (const runId of ofThisRun) for (const pid of await processesMarked(markerOf(installId, runId))) keep.add(pid)
  const strays = (await processesMarked(markerOf(installId, ''))).filter(pid => !keep.has(pid) && pid !== process.pid)
  const notices: string[] = []
  for (const pid of strays) {
    notices.push(`Ended ${(await nameOf(pid)) ?? 'a process'} (process ${pid}), left over from an earlier run.`)
    kill(pid)
  }
  const killed = new Set(strays)
  await untilGone(async () => (await processesMarked(markerOf(installId, ''))).filter(pid => killed.has(pid)), killedMs)
  return notices
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
