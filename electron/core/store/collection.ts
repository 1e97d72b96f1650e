import type { DatabaseSync } from 'node:sqlite'
import type * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Clock } from '../lib/clock'
import type { Collection } from './store.types'

/**
 * Documents of one kind in the table `documents`, each as JSON. Work that goes on while the host ends may ask once more: a
 * closed store knows nothing and keeps nothing, rather than ending the host with a fault.
 */
export function createCollection<Value>(
  database: DatabaseSync,
  clock: Clock,
  kind: { name: string; schema: z.ZodType<Value> },
): Collection<Value> {
  const statements = database.isOpen ? prepared(database) : null
  const open = () => (database.isOpen ? statements : null)

  function read(stored: unknown): Value | null {
    const parsed = kind.schema.safeParse(jsonOf(String(stored)))
    return parsed.success ? parsed.data : null
  }

  return {
    get(id) {
      const row = open()?.one.get(kind.name, id)
      return row ? read(row['value']) : null
    },
    set(id, value) {
      const checked = kind.schema.safeParse(value)
      if (!checked.success) {
        const issue = checked.error.issues[0]
        const where = issue?.path.map(String).join('.') ?? ''
        throw new Failure(
          'bad-input',
          `${kind.name} ${id} was not stored: ${where ? `${where}: ` : ''}${issue?.message ?? 'it does not fit'}`,
        )
      }
      open()?.put.run(kind.name, id, JSON.stringify(value), clock.wall())
    },
    remove(id) {
      open()?.drop.run(kind.name, id)
    },
    all() {
      return (open()?.every.all(kind.name) ?? []).flatMap(row => {
        const value = read(row['value'])
        return value === null ? [] : [{ id: String(row['id']), value }]
      })
    },
  }
}

const prepared = (database: DatabaseSync) => ({
  one: database.prepare('SELECT value FROM documents WHERE collection = ? AND id = ?'),
  every: database.prepare('SELECT id, value FROM documents WHERE collection = ? ORDER BY rowid'),
  put: database.prepare(
    `INSERT INTO documents (collection, id, value, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
  ),
  drop: database.prepare('DELETE FROM documents WHERE collection = ? AND id = ?'),
})

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
