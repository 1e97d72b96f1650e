import type { Launch } from '../runtimes/runtime'
import type { OutputLine } from './launcher'
import type { LogBook } from './logs'

export type ReadLine = { progress: ReturnType<Launch['progress']>; fatal: boolean }

/** Puts a line into the log with the adapter's level, and says what else the adapter reads in it; lines of our own questions are left out. */
export function keepLine(logs: LogBook, launch: Launch, { stream, text }: OutputLine): ReadLine {
  const path = launch.accessLog?.exec(text)?.[1]
  if (path !== undefined && logs.questions.isOurs(path)) return { progress: null, fatal: false }
  logs.add(
    stream,
    text,
    orElse(() => launch.level(text), 'info'),
  )
  return { progress: orElse(() => launch.progress(text), null), fatal: orElse(() => launch.fatal?.(text) ?? false, false) }
}

/** An adapter's reading of a line must not end what it reads. */
function orElse<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch {
    return otherwise
  }
}
