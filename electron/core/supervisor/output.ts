import type { Readable } from 'node:stream'
import { systemClock } from '../lib/clock'
import { createFloodBrake } from './flood-brake'

/** Longest line that is kept; the rest of a longer one is thrown away. */
export const maxLineLength = 8_192

/** Cuts text into lines, given in any pieces. A carriage return alone (progress bars) ends a line too; blank lines are left out. */
export function createLineSplitter(onLine: (line: string) => void, maxLength = maxLineLength) {
  let pending = ''
  let cut = false
  const emit = (line: string) => {
    if (line !== '') onLine(line)
  }
  return {
    push(text: string) {
      const parts = text.split(/[\r\n]+/)
      const last = parts.pop() ?? ''
      for (const part of parts) {
        if (!cut) emit(shortened(pending + part, maxLength))
        pending = ''
        cut = false
      }
      if (cut) return
      pending += last
      if (pending.length <= maxLength) return
      emit(shortened(pending, maxLength))
      pending = ''
      cut = true
    },
    end() {
      emit(pending)
      pending = ''
    },
  }
}

const shortened = (line: string, maxLength: number) => (line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line)

/** Reads a stream to its end whatever comes, so that the writer never blocks; tells each line. */
export function readLines(stream: Readable, onLine: (line: string) => void) {
  const splitter = createLineSplitter(onLine)
  const brake = createFloodBrake(text => splitter.push(text), { clock: systemClock })
  const end = () => {
    brake.end()
    splitter.end()
  }
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => brake.push(text))
  stream.on('end', end)
  stream.on('error', end)
}
