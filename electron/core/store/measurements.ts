import * as z from 'zod'
import type { Store } from './store.types'

/** What was measured on this machine for one model on one build; null = not measured. */
const measurementSchema = z.object({
  runtime: z.string(),
  build: z.string(),
  model: z.string(),
  artifact: z.string(),
  /** Decode speed of a single stream. */
  tokensPerSecond: z.number().nullable(),
  ttftMs: z.number().nullable(),
  memoryMiB: z.number().nullable(),
  contextTokens: z.int().nullable(),
  threads: z.int().nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
})
export type Measurement = z.infer<typeof measurementSchema>
export type MeasurementKey = Pick<Measurement, 'runtime' | 'build' | 'model' | 'artifact'>

export type Measurements = {
  add(measurement: Measurement): void
  /** The newest of one key; null when it was never measured. */
  latest(key: MeasurementKey): Measurement | null
  /** The newest of every key. */
  all(): Measurement[]
}

/** Rows kept of one key. */
const keptPerKey = 20

const columns = `runtime, build, model, artifact, tokens_per_second AS tokensPerSecond, ttft_ms AS ttftMs, memory_mib AS memoryMiB,
  context_tokens AS contextTokens, threads, at`
const ofKey = 'runtime = ? AND build = ? AND model = ? AND artifact = ?'

/** Own measurements, which the recommender prefers to any estimate. */
export function createMeasurements({ database }: Pick<Store, 'database'>): Measurements {
  const insert = database.prepare(
    `INSERT INTO measurements (runtime, build, model, artifact, tokens_per_second, ttft_ms, memory_mib, context_tokens, threads, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const prune = database.prepare(
    `DELETE FROM measurements WHERE ${ofKey} AND id NOT IN (SELECT id FROM measurements WHERE ${ofKey} ORDER BY at DESC, id DESC LIMIT ${keptPerKey})`,
  )
  const newest = database.prepare(`SELECT ${columns} FROM measurements WHERE ${ofKey} ORDER BY at DESC, id DESC LIMIT 1`)
  const newestOfEach = database.prepare(
    `SELECT ${columns} FROM measurements AS m WHERE id = (SELECT id FROM measurements AS o WHERE o.runtime = m.runtime
       AND o.build = m.build AND o.model = m.model AND o.artifact = m.artifact ORDER BY at DESC, id DESC LIMIT 1) ORDER BY at DESC, id DESC`,
  )
  return {
    add(measurement) {
      const { runtime, build, model, artifact, tokensPerSecond, ttftMs, memoryMiB, contextTokens, threads, at } =
        measurementSchema.parse(measurement)
      const key = [runtime, build, model, artifact]
      insert.run(...key, tokensPerSecond, ttftMs, memoryMiB, contextTokens, threads, at)
      prune.run(...key, ...key)
    },
    latest({ runtime, build, model, artifact }) {
      const row = newest.get(runtime, build, model, artifact)
      return row ? (measurementSchema.safeParse(row).data ?? null) : null
    },
    all: () => newestOfEach.all().flatMap(row => measurementSchema.safeParse(row).data ?? []),
  }
}
