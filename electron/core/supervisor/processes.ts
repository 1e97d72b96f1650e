import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { runTool } from '../lib/run-tool'
import { guardName } from './guard'

export type ProcessRow = { pid: number; parent: number; group: number; /** Ended, but not yet collected by its parent. */ zombie: boolean }

/** One process from /proc/PID/stat (proc(5)): the name in brackets may itself hold brackets and spaces. Null when it is not such a line. */
export function parseStat(text: string): (ProcessRow & { startTicks: string }) | null {
  const close = text.lastIndexOf(')')
  const pid = Number.parseInt(text, 10)
  const fields = text.slice(close + 2).split(' ')
  const [state, parent, group] = fields
  // Field 22 of the line; the first two are before the bracket.
  const startTicks = fields[19]
  if (close < 0 || Number.isNaN(pid) || state === undefined || startTicks === undefined) return null
  return { pid, parent: Number(parent), group: Number(group), zombie: 'ZX'.includes(state), startTicks }
}

/** Rows of `ps -A -o pid=,ppid=,pgid=,stat=,command=`, where there is no /proc. */
export function parsePs(text: string): (ProcessRow & { command: string })[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/gm)].map(([, pid, parent, group, state, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    zombie: state?.startsWith('Z') ?? false,
    command: command ?? '',
  }))
}

const read = (path: string) => readFile(path, 'utf8').catch(() => null)

async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  return names.map(Number).filter(pid => Number.isInteger(pid) && pid > 0)
}

async function listFromProc(): Promise<ProcessRow[]> {
  const pids = await listPids()
  const rows = await Promise.all(pids.map(async pid => parseStat((await read(`/proc/${pid}/stat`)) ?? '')))
  return rows.filter(row => row !== null)
}

/** Living members of a process group (null: of none), the guard left out, and (Linux) whoever left it but carries `marker` in its environment. */
export async function livingMembers(group: number | null, marker: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const rows = parsePs((await runTool('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,command='], { timeoutMs: 2_000 })).stdout)
    return rows.filter(row => row.group === group && !row.zombie && !row.command.includes(guardName)).map(row => row.pid)
  }
  const rows = (await listFromProc()).filter(row => !row.zombie)
  const found = await Promise.all(
    rows.map(async row => {
      if (row.group === group) return !(await isGuard(row.pid))
      return carriesMarker(row.pid, marker)
    }),
  )
  return rows.filter((_, index) => found[index]).map(row => row.pid)
}

/** Waits until nobody is left, asking every 20 ms; what is left after the limit. A killed process takes a moment to go. */
export async function untilGone(living: () => Promise<number[]>, limitMs: number): Promise<number[]> {
  const deadlineMs = performance.now() + limitMs
  let left = await living()
  while (left.length > 0 && performance.now() < deadlineMs) {
    await sleep(20)
    left = await living()
  }
  return left
}

/** All processes whose environment holds a marker that begins with `prefix` (Linux; elsewhere none can be found this way). */
export async function processesMarked(prefix: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const rows = (await listFromProc()).filter(row => !row.zombie)
  const found = await Promise.all(rows.map(row => carriesMarker(row.pid, prefix)))
  return rows.filter((_, index) => found[index]).map(row => row.pid)
}

async function carriesMarker(pid: number, marker: string): Promise<boolean> {
  return ((await read(`/proc/${pid}/environ`)) ?? '').includes(`RH_RUN_ID=${marker}`)
}

async function isGuard(pid: number): Promise<boolean> {
  return ((await read(`/proc/${pid}/cmdline`)) ?? '').includes(`\0${guardName}\0`)
}

/** When a process began, as the OS writes it: with the pid it names one process for ever within one boot. Null when it is not there. */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const row = parseStat((await read(`/proc/${pid}/stat`)) ?? '')
    return row && !row.zombie ? row.startTicks : null
  }
  if (process.platform === 'win32') return null
  const started = (await runTool('ps', ['-o', 'lstart=', '-p', String(pid)], { timeoutMs: 2_000 })).stdout.trim()
  return started === '' ? null : started
}

/** Names this boot of the machine; null where the OS has no such id. */
export async function bootId(): Promise<string | null> {
  if (process.platform === 'linux') return (await read('/proc/sys/kernel/random/boot_id'))?.trim() ?? null
  if (process.platform !== 'darwin') return null
  const answer = await runTool('sysctl', ['-n', 'kern.bootsessionuuid'], { timeoutMs: 2_000 })
  return answer.outcome === 'read' ? answer.stdout.trim() : null
}

/** Name of a process for a sentence: the file name of its executable. */
export async function nameOf(pid: number): Promise<string | null> {
  const first = (await read(`/proc/${pid}/cmdline`))?.split('\0')[0]
  return first ? (first.split('/').pop() ?? null) : null
}

/**
 * Resident memory (VmRSS) in MiB of each process with its group: shared file pages of a mapped model count once per process.
 * The engine that Electron's main started is in a group of Electron's; of it only the process itself counts.
 */
export async function residentMiBOf(pids: readonly number[]): Promise<Map<number, number>> {
  const totals = new Map<number, number>()
  if (pids.length === 0 || process.platform === 'win32') return totals
  const ownerOf = ({ pid, group }: { pid: number; group: number }) => [group, pid].find(each => pids.includes(each)) ?? null
  for (const { owner, kiB } of await residentRows(ownerOf)) totals.set(owner, (totals.get(owner) ?? 0) + kiB / 1024)
  return totals
}

async function residentRows(ownerOf: (row: { pid: number; group: number }) => number | null): Promise<{ owner: number; kiB: number }[]> {
  const withOwner = <Row extends { pid: number; group: number }>(row: Row) => {
    const owner = ownerOf(row)
    return owner === null ? [] : [{ ...row, owner }]
  }
  if (process.platform === 'linux') {
    const rows = (await listFromProc()).flatMap(withOwner)
    return Promise.all(
      rows.map(async ({ pid, owner }) => {
        const status = (await isGuard(pid)) ? '' : ((await read(`/proc/${pid}/status`)) ?? '')
        return { owner, kiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) }
      }),
    )
  }
  const text = (await runTool('ps', ['-A', '-o', 'pid=,pgid=,rss='], { timeoutMs: 2_000 })).stdout
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)/gm)]
    .map(([, pid, group, kiB]) => ({ pid: Number(pid), group: Number(group), kiB: Number(kiB) }))
    .flatMap(withOwner)
}
