import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from './clock'

/** Faults nobody can act on go to the host's own log. */
export const createReport = (logsFolder: string, clock: Clock) => (error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  appendFileSync(join(logsFolder, 'host-faults.log'), `${clock.wall()} ${text}\n`)
}
