import type { LogLine } from '../../contract/instance'

export type Step = readonly [RegExp, { progress: number | null; step: string }]

/** Reads progress by the first pattern that fits. */
export const progressBy =
  (steps: readonly Step[]) =>
  (line: string): { progress: number | null; step: string } | null =>
    steps.find(([pattern]) => pattern.test(line))?.[1] ?? null

const levels: Readonly<Record<string, LogLine['level']>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
}

/** Level of a line of Python's logging, wherever the word stands among date, name and place; of tracebacks and warnings by their shape. */
export function pythonLevel(line: string): LogLine['level'] {
  const word = /(?:^|[\s[(:-])(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)(?=[\s\]):-]|$)/.exec(line.slice(0, 120))?.[1]
  if (word !== undefined) return levels[word] ?? 'info'
  if (/^(?:Exception in thread|Traceback )|^(?:\w+\.)*\w*(?:Error|Exception)\b: |: error: /.test(line)) return 'error'
  return /Warning: /.test(line) ? 'warn' : 'info'
}
