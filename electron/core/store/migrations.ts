import type { DatabaseSync } from 'node:sqlite'
import { Failure } from '../../contract/failure'

/** One entry per schema version, oldest first; a released entry is never edited, a change is a new entry. */
const migrations: readonly string[] = [
  `CREATE TABLE documents (
     collection TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, updated_at TEXT NOT NULL,
     PRIMARY KEY (collection, id)
   ) STRICT;
   CREATE TABLE comparisons (
     id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, panes TEXT NOT NULL,
     created_at TEXT NOT NULL, updated_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE turns (
     id TEXT NOT NULL PRIMARY KEY,
     comparison_id TEXT NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
     position INTEGER NOT NULL, prompt TEXT NOT NULL, mode TEXT NOT NULL, created_at TEXT NOT NULL
   ) STRICT;
   CREATE INDEX turns_of_comparison ON turns (comparison_id, position);
   CREATE TABLE generations (
     id TEXT NOT NULL PRIMARY KEY,
     turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
     position INTEGER NOT NULL, pane_id TEXT NOT NULL, route TEXT NOT NULL,
     instance_id TEXT, runtime_title TEXT, model_title TEXT,
     state TEXT NOT NULL, text TEXT NOT NULL, reasoning TEXT NOT NULL,
     ttft_ms REAL, tokens_per_second REAL, prompt_tokens INTEGER, output_tokens INTEGER, total_ms REAL, finish TEXT,
     error TEXT, started_at TEXT NOT NULL
   ) STRICT;
   CREATE INDEX generations_of_turn ON generations (turn_id, position);
   CREATE INDEX generations_running ON generations (state) WHERE state IN ('waiting', 'streaming');
   CREATE TABLE measurements (
     id INTEGER PRIMARY KEY, runtime TEXT NOT NULL, build TEXT NOT NULL, model TEXT NOT NULL, artifact TEXT NOT NULL,
     tokens_per_second REAL, ttft_ms REAL, memory_mib REAL, context_tokens INTEGER, threads INTEGER, at TEXT NOT NULL
   ) STRICT;
   CREATE INDEX measurements_by_key ON measurements (runtime, build, model, artifact, at);`,
  `ALTER TABLE measurements ADD COLUMN predicted_low REAL;
   ALTER TABLE measurements ADD COLUMN predicted_mid REAL;
   ALTER TABLE measurements ADD COLUMN predicted_high REAL;
   ALTER TABLE measurements ADD COLUMN own_run INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE measurements ADD COLUMN engine_test INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE measurements ADD COLUMN device TEXT;
   ALTER TABLE measurements ADD COLUMN calibrates INTEGER NOT NULL DEFAULT 1;`,
  `ALTER TABLE measurements ADD COLUMN busy INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE measurements ADD COLUMN prompt_tokens INTEGER;
   ALTER TABLE measurements ADD COLUMN ttft_low REAL;
   ALTER TABLE measurements ADD COLUMN ttft_mid REAL;
   ALTER TABLE measurements ADD COLUMN ttft_high REAL;`,
]

export const newestVersion = migrations.length

/** Schema version of a database (`PRAGMA user_version`); 0 is a new, empty one. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}

/**
 * Brings a database to the newest schema, all steps in one transaction.
 * @throws Failure `store-newer` when a newer Roundhouse wrote it; nothing is changed then.
 */
export function migrate(database: DatabaseSync): void {
  const version = versionOf(database)
  if (version > newestVersion) {
    throw new Failure(
      'store-newer',
      `The database was written by a newer Roundhouse (schema ${version}, this one knows ${newestVersion}). It was left as it is.`,
    )
  }
  if (version === newestVersion) return
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const step of migrations.slice(version)) database.exec(step)
    database.exec(`PRAGMA user_version = ${newestVersion}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
