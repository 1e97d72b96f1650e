import type { DatabaseSync } from 'node:sqlite'
import type * as z from 'zod'

/** JSON documents of one kind, each checked by its schema when written and when read. */
export type Collection<Value> = {
  /** Null when there is none, and when what is stored no longer matches the schema. */
  get(id: string): Value | null
  set(id: string, value: Value): void
  remove(id: string): void
  all(): { id: string; value: Value }[]
}

export type Store = {
  collection<Value>(name: string, schema: z.ZodType<Value>): Collection<Value>
  /** For tables of their own (comparisons, measurements); only code in core/store/ uses it. */
  database: DatabaseSync
  /** What opening had to repair, one sentence each. */
  notices: readonly string[]
  close(): void
}
