import type { Launch } from '../runtimes/runtime'
import type { OutputLine } from './launcher'
import type { LogBook } from './logs'

export type ReadLine = { progress: ReturnType<Launch['progress']>; fatal: boolean }

/** Puts a line into the log with the adapter's level, and says what else the adapter reads in it. */
export function keepLine(logs: LogBook, launch: Launch, { stream, text }: OutputLine): ReadLine {
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
