import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '../lib/clock'
import { backUpIfDue } from './backups'
import { openChecked } from './check'
import { createCollection } from './collection'
import { repair } from './repair'
import type { Store } from './store.types'

/**
 * Opens (or makes) the database of a home: SQLite in WAL mode, checked, at the newest schema, backed up once a day.
 * A damaged file is set aside and repaired as far as possible; `notices` says so, never silently.
 * @param folder absolute; made when it is missing. The database is `roundhouse.sqlite`, its backups are in `backups/`.
 * @throws Failure `store-newer` when a newer version wrote it, `busy` when another program holds it, `disk-full`.
 */
export function openStore(folder: string, clock: Clock = systemClock): Store {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'roundhouse.sqlite')
  const backups = join(folder, 'backups')
  const notices: string[] = []
  const isNew = !existsSync(file)
  const opened = openChecked(file)
  let database
  if ('database' in opened) {
    database = opened.database
  } else {
    const repaired = repair(file, { backups, wall: clock.wall(), damage: opened.damage })
    database = repaired.database
    notices.push(repaired.notice)
  }
  const backUp = () => {
    try {
      backUpIfDue(database, backups, clock.wall())
    } catch (error) {
      notices.push(`The daily backup could not be made: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (!isNew) backUp()
  return {
    collection: (name, schema) => createCollection(database, clock, { name, schema }),
    database,
    notices,
    close() {
      if (!database.isOpen) return
      // A host that ran for days has not been opened since: the backup is due now.
      backUp()
      database.close()
    },
  }
}
