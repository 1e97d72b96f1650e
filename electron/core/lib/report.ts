import { appendFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock'
import { rotateWhenFull } from './rotate'

/** Faults nobody can act on go to the host's own log; where that cannot be written, to stderr. Never throws: it is called where nobody catches. */
export const createReport = (logsFolder: string, clock: Clock) => (error: unknown) => {
  const line = `${clock.wall()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  try {
    const file = join(logsFolder, 'host-faults.log')
    rotateWhenFull(file)
    appendFileSync(file, line)
  } catch {
    sayLast(line)
  }
}

/** Not through `process.stderr`, which tells a failure (it may be a file on the same full disk) as an event that ends the process. */
function sayLast(line: string) {
  try {
    writeSync(process.stderr.fd, line)
  } catch {
    // Nobody is left to be told.
  }
}
