import type { LogEvent, LogLine } from '../../../electron/contract/instance'

export interface Log {
  lines: readonly LogLine[]
  /** Earlier lines that are no longer kept, by the host or here. */
  dropped: number
}

/** So many lines are kept in the window; the host's ring keeps its own. */
export const longestLog = 5_000

export const emptyLog: Log = { lines: [], dropped: 0 }

/** Applies one event: pure. A line that is known already, as after a reconnect, is not shown twice. */
export function reduceLog(log: Log, event: LogEvent): Log {
  if (event.type === 'snapshot') return { lines: event.lines, dropped: event.dropped }
  const last = log.lines.at(-1)?.sequence ?? -1
  const fresh = event.lines.filter(line => line.sequence > last)
  if (fresh.length === 0) return log
  const all = [...log.lines, ...fresh]
  const over = Math.max(0, all.length - longestLog)
  return { lines: over > 0 ? all.slice(over) : all, dropped: log.dropped + over }
}

export const levels = ['all', 'info', 'warn', 'error'] as const
export type LevelChoice = (typeof levels)[number]

const rank: Record<LogLine['level'], number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Lines at this level or worse that contain the words; `all` shows debug lines too. */
export function filteredLines(lines: readonly LogLine[], level: LevelChoice, search: string): readonly LogLine[] {
  const words = search.trim().toLowerCase()
  if (level === 'all' && words === '') return lines
  const least = level === 'all' ? 0 : rank[level]
  return lines.filter(line => rank[line.level] >= least && (words === '' || line.text.toLowerCase().includes(words)))
}
