import { runTool } from '../../../electron/core/lib/run-tool'
import { parsePs } from '../../../electron/core/supervisor/processes'
import { must } from './rows'

/** A process, all that descend from it and all of its group: what must be gone when it is stopped. Seen from outside the app. */
export async function familyOf(pid: number | null): Promise<number[]> {
  if (pid === null) return []
  const rows = await living()
  const family = new Set([pid])
  for (let grown = true; grown;) {
    const found = rows.filter(row => !family.has(row.pid) && (row.group === pid || family.has(row.parent)))
    for (const row of found) family.add(row.pid)
    grown = found.length > 0
  }
  return [...family]
}

const living = async () => {
  const { stdout } = await runTool('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,command='], { timeoutMs: 5_000 })
  return parsePs(stdout).filter(row => !row.zombie)
}

/** How many of them it was, and how long it took until none was alive. */
export async function untilGone(family: readonly number[], withinMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const alive = (await living()).filter(row => family.includes(row.pid))
    if (alive.length === 0) return performance.now() - began
    must(
      performance.now() - began < withinMs,
      `still alive after ${withinMs} ms: ${alive.map(row => `${row.pid} ${row.command.slice(0, 60)}`).join(', ')}`,
    )
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
