import { DatabaseSync } from 'node:sqlite'
import { Failure, type FailureCode } from '../../contract/failure'
import { migrate } from './migrations'

/** Extended codes of I/O errors that speak of the file's own bytes: SQLITE_IOERR_READ, _SHORT_READ and _CORRUPTFS. */
const unreadable: ReadonlySet<number> = new Set([266, 522, 8458])

/**
 * Result codes that speak of this moment or this file system, not of a damaged file (https://www.sqlite.org/rescode.html). I/O errors are
 * among them: on a full disk the files beside a healthy database cannot be made, and SQLite calls that an I/O error.
 */
const passing: ReadonlyMap<number, string> = new Map([
  [3, 'may not be opened by this user'],
  [5, 'is in use by another program'],
  [6, 'is in use by another program'],
  [7, 'needs more memory than there is'],
  [10, 'cannot be worked with: its disk is full or fails'],
  [13, 'cannot grow, the disk is full'],
  [14, 'cannot be opened'],
])

/**
 * Opens a database file, checks it and brings it to the newest schema.
 * @returns the open database, or what is damaged in words.
 * @throws Failure `store-newer` (written by a newer version) and `busy`, `disk-full` or `unexpected` for what is not damage.
 */
export function openChecked(file: string): { database: DatabaseSync } | { damage: string } {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { timeout: 5_000, enableForeignKeyConstraints: true })
    const damage = damageOf(database)
    if (damage === null) return { database }
    database.close()
    return { damage }
  } catch (error) {
    if (database?.isOpen) database.close()
    if (error instanceof Failure) throw error
    const code = resultCode(error)
    const reason = passing.get(code & 0xff)
    if (reason === undefined || unreadable.has(code)) return { damage: error instanceof Error ? error.message : String(error) }
    throw new Failure(failureCodeOf(code & 0xff), `The database ${file} ${reason}.`, { cause: error })
  }
}

function damageOf(database: DatabaseSync): string | null {
  const answer = String(Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0])
  if (answer !== 'ok') return answer
  migrate(database)
  if (schemaOf(database) !== freshSchema()) return 'its tables are not the ones of this version'
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
  if (mode !== 'wal') return `its journal is ${String(mode)} instead of a write-ahead log`
  // NORMAL in WAL mode: a power cut may lose the last commits but never consistency (https://www.sqlite.org/pragma.html#pragma_synchronous).
  database.exec('PRAGMA synchronous = NORMAL')
  // A flipped header can make a file read-only without any other sign, so one write is tried and taken back.
  database.exec(`BEGIN IMMEDIATE; INSERT INTO documents VALUES ('opening', 'write-test', '0', ''); ROLLBACK`)
  return null
}

function schemaOf(database: DatabaseSync): string {
  return JSON.stringify(
    database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all(),
  )
}

function freshSchema(): string {
  const fresh = new DatabaseSync(':memory:')
  migrate(fresh)
  const schema = schemaOf(fresh)
  fresh.close()
  return schema
}

function failureCodeOf(code: number): FailureCode {
  if (code === 10 || code === 13) return 'disk-full'
  return code === 5 || code === 6 ? 'busy' : 'unexpected'
}

/** The extended SQLite result code of an error, -1 when it is none; its low byte is the primary one. */
export function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : -1
}
