import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { Failure } from '../../contract/failure'

const hostFileSchema = z.object({
  pid: z.int(),
  startedAt: z.string(),
  /** Base address of the control server, `http://127.0.0.1:PORT`. */
  control: z.string(),
  /** Bearer key of the control server. */
  controlKey: z.string(),
})
export type HostFile = z.infer<typeof hostFileSchema>

/** Exit code of a host in the background whose home another host holds (EX_TEMPFAIL of sysexits.h): whoever started it asks that one. */
export const homeHeldExitCode = 75

export type HomeLock = { publish(host: HostFile): void; release(): void }

const hostFile = (runFolder: string) => join(runFolder, 'host.json')

/**
 * Takes the home for this process. The lock is an exclusive SQLite transaction: the operating system lets it go when the
 * process ends in whatever way, so a `kill -9` leaves nothing stale. Null when another host holds it.
 */
export function takeHome(runFolder: string): HomeLock | null {
  const file = join(runFolder, 'lock.sqlite')
  let database: DatabaseSync | null
  try {
    database = lockFile(file)
  } catch (error) {
    // Nothing is kept in it, so a damaged one is made anew; unless a host lives, which may hold it still.
    if (!isDamage(error) || readHostFile(runFolder) !== null)
      throw new Failure('unexpected', `The home could not be locked: ${String(error)}`, { cause: error })
    for (const suffix of ['', '-journal']) rmSync(file + suffix, { force: true })
    database = lockFile(file)
  }
  if (!database) return null
  const held = database
  return {
    publish(host) {
      writeFileSync(hostFile(runFolder), JSON.stringify(host), { mode: 0o600 })
      chmodSync(hostFile(runFolder), 0o600)
    },
    release() {
      rmSync(hostFile(runFolder), { force: true })
      held.close()
    },
  }
}

/** The open database with its lock; null when another process has it. */
function lockFile(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw error
  }
}

const isDamage = (error: unknown) => error instanceof Error && /not a database|malformed/i.test(error.message)

/**
 * Port of the last host of a home that was not ended in order; null when there was none. The next host takes it where it is free,
 * so that windows of the one before find it.
 */
export function portLeftBehind(runFolder: string): number | null {
  try {
    const { pid, control } = hostFileSchema.parse(JSON.parse(readFileSync(hostFile(runFolder), 'utf8')))
    const port = Number(new URL(control).port)
    return !isAlive(pid) && port > 0 ? port : null
  } catch {
    return null
  }
}

/** What the running host of a home published; null when none runs or it has not got so far. */
export function readHostFile(runFolder: string): HostFile | null {
  try {
    const host = hostFileSchema.parse(JSON.parse(readFileSync(hostFile(runFolder), 'utf8')))
    return isAlive(host.pid) ? host : null
  } catch {
    return null
  }
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
