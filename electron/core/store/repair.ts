import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { Failure } from '../../contract/failure'
import { listBackups, stampOf } from './backups'
import { openChecked, resultCode } from './check'
import { transaction } from './transaction'

/** Parents before children, so that references hold. */
const tables = ['documents', 'comparisons', 'turns', 'generations', 'measurements'] as const
const companions = ['', '-wal', '-shm']

export type Repaired = { database: DatabaseSync; notice: string }

/**
 * Sets a damaged database aside as `*.corrupt-<time>`, starts from the newest good backup (or empty) and brings over every row that can
 * still be read from the damaged file. What cannot be carried through (a full disk) leaves the damaged file where it was, for the next try:
 * an empty database in its place would pass for a new one.
 * @throws Failure `store-damaged` when not even a new database can be made, `disk-full`.
 */
export function repair(file: string, options: { backups: string; wall: string; damage: string }): Repaired {
  const aside = `${file}.corrupt-${stampOf(options.wall)}`
  move(file, aside)
  let database: DatabaseSync | null = null
  try {
    const backup = newestGoodBackup(file, options.backups)
    const opened = openChecked(file)
    if ('damage' in opened) throw new Failure('store-damaged', `No new database could be made: ${opened.damage}`)
    database = opened.database
    const saved = salvage(aside, database)
    return { database, notice: describe({ damage: options.damage, aside, backup, saved }) }
  } catch (error) {
    if (database?.isOpen) database.close()
    for (const suffix of companions) rmSync(file + suffix, { force: true })
    move(aside, file)
    throw error
  }
}

function move(from: string, to: string) {
  for (const suffix of companions) if (existsSync(from + suffix)) renameSync(from + suffix, to + suffix)
}

/** Copies the newest backup that passes its check to `file`; returns when it was made, null when there is none. */
function newestGoodBackup(file: string, folder: string): string | null {
  for (const backup of listBackups(folder)) {
    copyFileSync(backup.file, file)
    const opened = openChecked(file)
    if ('database' in opened) {
      opened.database.close()
      return new Date(backup.at).toISOString()
    }
    for (const suffix of companions) rmSync(file + suffix, { force: true })
  }
  return null
}

/** Rows brought over from a damaged file; reads each table from both ends, since a bad page stops a scan where it is. */
function salvage(damagedFile: string, into: DatabaseSync): number {
  let damaged: DatabaseSync
  try {
    damaged = new DatabaseSync(damagedFile, { readOnly: true })
  } catch {
    return 0
  }
  into.exec('PRAGMA foreign_keys = OFF')
  try {
    return transaction(into, () => {
      const rows = tables.reduce((sum, table) => sum + salvageTable(damaged, into, table), 0)
      into.exec('DELETE FROM turns WHERE comparison_id NOT IN (SELECT id FROM comparisons)')
      into.exec('DELETE FROM generations WHERE turn_id NOT IN (SELECT id FROM turns)')
      return rows
    })
  } finally {
    into.exec('PRAGMA foreign_keys = ON')
    damaged.close()
  }
}

function salvageTable(damaged: DatabaseSync, into: DatabaseSync, table: string): number {
  const columns = into
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(row => String(row['name']))
  const insert = into.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
  const seen = new Set<SQLOutputValue>()
  for (const order of ['ASC', 'DESC']) {
    try {
      const select = damaged.prepare(`SELECT rowid AS row_number, ${columns.join(', ')} FROM ${table} NOT INDEXED ORDER BY rowid ${order}`)
      for (const row of select.iterate()) {
        const number = row['row_number'] ?? null
        if (seen.has(number)) break
        if (
          insertRow(
            insert,
            columns.map(column => row[column] ?? null),
          )
        )
          seen.add(number)
      }
    } catch (error) {
      if (wasFull(error)) throw new Failure('disk-full', 'The disk is too full to repair the database.', { cause: error })
      continue // this end of the table cannot be read further
    }
  }
  return seen.size
}

function insertRow(insert: ReturnType<DatabaseSync['prepare']>, values: SQLOutputValue[]): boolean {
  try {
    insert.run(...values)
    return true
  } catch (error) {
    if (wasFull(error)) throw error
    return false // the row itself is damaged: a wrong type or a missing value
  }
}

/** SQLITE_FULL, SQLITE_IOERR_WRITE, _FSYNC and _SHMSIZE: rows that find no room are not damaged, and must not be left out. */
const fullCodes: ReadonlySet<number> = new Set([13, 778, 1034, 4874])
const wasFull = (error: unknown) => error instanceof Failure || fullCodes.has(resultCode(error))

function describe(facts: { damage: string; aside: string; backup: string | null; saved: number }): string {
  const base = facts.backup ? `the backup of ${facts.backup} was restored` : 'there was no backup to restore'
  const rows = facts.saved === 1 ? '1 row was saved' : `${facts.saved} rows were saved`
  const damage = facts.damage
    .replace(/\*\*\* in database main \*\*\*/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return `The database was damaged (${damage}): ${base}, ${rows} from the damaged file, which is kept as ${facts.aside}.`
}
