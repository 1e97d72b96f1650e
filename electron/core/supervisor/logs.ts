import type { LogEvent, LogLine } from '../../contract/instance'
import type { Clock } from '../lib/clock'
import type { LogFile } from './log-file'
import { maskSecrets } from './mask'
import { createOwnQuestions, type OwnQuestions } from './own-questions'
import type { InstanceLog } from './supervisor.types'

export type LogBook = InstanceLog & {
  add(stream: LogLine['stream'], text: string, level: LogLine['level']): LogLine
  /** Number of the next line; with `since` it gives what came after a moment. */
  mark(): number
  since(sequence: number): LogLine[]
  /** Questions of ours, whose lines are left out. */
  questions: OwnQuestions
  /** A secret that must never be shown; the one before stays hidden as well. */
  hide(secret: string): void
  /** Ends all subscriptions after a last batch. */
  close(): void
}

export type LogBookOptions = {
  clock: Clock
  file?: LogFile | null
  maxLines?: number
  maxBytes?: number
  /** Between two batches to subscribers. */
  batchMs?: number
}

/** Every start has a secret of its own, and each line is searched for all that are kept: those of the last starts are enough. */
const keptSecrets = 8

/** The newest lines of one instance, held to a number and a size; the same lines go to its file. */
export function createLogBook({ clock, file = null, maxLines = 10_000, maxBytes = 2_097_152, batchMs = 50 }: LogBookOptions): LogBook {
  const ring = createRing(maxLines, maxBytes)
  const secrets: string[] = []
  const subscribers = new Set<{ listener: (event: LogEvent) => void; next: number }>()
  let sequence = 0
  let timer: NodeJS.Timeout | null = null

  function tell() {
    timer = null
    for (const subscriber of subscribers) {
      const lines = ring.since(subscriber.next)
      subscriber.next = sequence
      if (lines.length > 0) subscriber.listener({ type: 'lines', lines })
    }
  }

  return {
    questions: createOwnQuestions(clock),
    add(stream, text, level) {
      const line: LogLine = { sequence: sequence++, at: clock.wall(), stream, level, text: maskSecrets(text, secrets) }
      ring.push(line)
      file?.write(`${line.at} ${stream} ${line.text}`)
      if (subscribers.size > 0) timer ??= setTimeout(tell, batchMs)
      return line
    },
    mark: () => sequence,
    since: first => ring.since(first),
    hide(secret) {
      if (secrets.push(secret) > keptSecrets) secrets.shift()
    },
    lines: () => ring.since(0),
    dropped: () => ring.dropped(),
    subscribe(listener) {
      const subscriber = { listener, next: sequence }
      subscribers.add(subscriber)
      listener({ type: 'snapshot', lines: ring.since(0), dropped: ring.dropped() })
      return () => void subscribers.delete(subscriber)
    },
    close() {
      if (timer) clearTimeout(timer)
      tell()
      subscribers.clear()
    },
  }
}

/** Lines by sequence number, without moving them: the head goes forward and the array is cut when half of it is gone. */
function createRing(maxLines: number, maxBytes: number) {
  let lines: LogLine[] = []
  let head = 0
  let bytes = 0
  const oldest = () => lines[head]?.sequence ?? 0
  return {
    push(line: LogLine) {
      lines.push(line)
      bytes += line.text.length
      while (lines.length - head > maxLines || (bytes > maxBytes && lines.length - head > 1)) {
        bytes -= lines[head]?.text.length ?? 0
        head += 1
      }
      if (head < 1_000 || head < lines.length / 2) return
      lines = lines.slice(head)
      head = 0
    },
    since: (sequence: number) => lines.slice(head + Math.max(0, sequence - oldest())),
    dropped: () => oldest(),
  }
}
