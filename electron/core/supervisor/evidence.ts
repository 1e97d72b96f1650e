import { open, readFile, stat } from 'node:fs/promises'
import type { LogLine } from '../../contract/instance'
import type { ExitEvidence, LaunchInput } from '../runtimes/runtime'
import type { ProcessExit } from './launcher'
import { holderOf } from './ports'

/** What is looked up when a runtime ended, while it is still fresh. */
export async function gatherEvidence(
  input: LaunchInput,
  known: ProcessExit & { lines: readonly LogLine[]; stalled: boolean; killedByUs: boolean; oomKillsBefore: number | null },
): Promise<ExitEvidence> {
  const { exitCode, signal, lines, stalled } = known
  const [file, portHolder, oomKills] = await Promise.all([fileFacts(input.model.path), holderOf(input.port), countOomKills()])
  const more = oomKills !== null && known.oomKillsBefore !== null && oomKills > known.oomKillsBefore
  // 137 = 128 + SIGKILL, as shells and containers report it.
  const killed = !known.killedByUs && (signal === 'SIGKILL' || exitCode === 137)
  return { input, lines, exitCode, signal, file, portHolder, oomKilled: killed && more, stalled }
}

async function fileFacts(path: string): Promise<ExitEvidence['file']> {
  const found = await stat(path).catch(() => null)
  if (!found) return { exists: false, bytes: null, magic: null }
  // A folder's own size says nothing about the model in it.
  return found.isFile() ? { exists: true, bytes: found.size, magic: await magicOf(path) } : { exists: true, bytes: null, magic: null }
}

/** The first four bytes as text; null when the file cannot be read or is shorter. */
async function magicOf(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null)
  if (!file) return null
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 ? buffer.toString('latin1') : null
  } catch {
    return null
  } finally {
    await file.close()
  }
}

/** Memory controllers of this process from /proc/self/cgroup: version 1 (`memory:PATH`) and 2 (`0::PATH`). */
export function oomFilesOf(cgroups: string): string[] {
  const v1 = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(cgroups)?.[1]
  const v2 = /^0::(.*)$/m.exec(cgroups)?.[1]
  return [
    ...(v2 === undefined ? [] : [`/sys/fs/cgroup${v2 === '/' ? '' : v2}/memory.events`]),
    ...(v1 === undefined ? [] : [`/sys/fs/cgroup/memory${v1 === '/' ? '' : v1}/memory.oom_control`]),
    '/proc/vmstat',
  ]
}

/** How often the kernel has killed for lack of memory, here and on the whole machine; null where it does not count. */
export async function countOomKills(): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const read = (path: string) => readFile(path, 'utf8').catch(() => '')
  const texts = await Promise.all(oomFilesOf(await read('/proc/self/cgroup')).map(read))
  const counts = texts.flatMap(text => /^oom_kill (\d+)/m.exec(text)?.[1] ?? []).map(Number)
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
}
