import type { SQLOutputValue } from 'node:sqlite'
import * as z from 'zod'
import type { Range } from '../../contract/decision'
import { predictionOf, type MeasuredRun, type PredictionRow } from './prediction-rows'
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
  /** Of the prompt that `ttftMs` is of; absent in rows of before it was kept. */
  promptTokens: z.int().nullable().optional(),
  memoryMiB: z.number().nullable(),
  contextTokens: z.int().nullable(),
  threads: z.int().nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
})
export type Measurement = z.infer<typeof measurementSchema>
export type MeasurementKey = Pick<Measurement, 'runtime' | 'build' | 'model' | 'artifact'>

/**
 * What was said before the run, `ttft` of the prompt that measured it; `ownRun`: it rested on an earlier run of the same model. `busy`: other programs kept the
 * processor busy, so the run corrects nothing unless the person says so.
 */
export type Foretold = {
  range: Range | null
  ttft?: Range | null
  ownRun: boolean
  engineTest: boolean
  device: string | null
  busy?: boolean
}

export type Measurements = {
  add(measurement: Measurement, foretold?: Foretold): void
  /** The newest of one key; null when it was never measured. */
  latest(key: MeasurementKey): Measurement | null
  /** The newest of every key that the person lets count. */
  all(): Measurement[]
  /** Every run with a rate beside what was said of it: those outside their range first, then by error. */
  predictions(): MeasuredRun[]
  /** Whether a run corrects later estimates. */
  calibrate(id: number, use: boolean): void
  forget(id: number): void
  /** Takes back a `forget` of this host; false when there is none to take back. */
  restore(id: number): boolean
}

const cellsOf = (range: Range | null) => (range ? [range.low, range.mid, range.high] : [null, null, null])

const nothingForetold: Foretold = { range: null, ownRun: false, engineTest: false, device: null }

/** Rows kept of one key. */
const keptPerKey = 20

const columns = `runtime, build, model, artifact, tokens_per_second AS tokensPerSecond, ttft_ms AS ttftMs, memory_mib AS memoryMiB,
  context_tokens AS contextTokens, threads, at, prompt_tokens AS promptTokens`
const ofKey = 'runtime = ? AND build = ? AND model = ? AND artifact = ?'

/** Own measurements, which the recommender prefers to any estimate. */
export function createMeasurements({ database }: Pick<Store, 'database'>): Measurements {
  const insert = database.prepare(
    `INSERT INTO measurements (runtime, build, model, artifact, tokens_per_second, ttft_ms, memory_mib, context_tokens, threads, at,
       predicted_low, predicted_mid, predicted_high, own_run, engine_test, device, busy, calibrates, prompt_tokens, ttft_low, ttft_mid, ttft_high)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const prune = database.prepare(
    `DELETE FROM measurements WHERE ${ofKey} AND id NOT IN (SELECT id FROM measurements WHERE ${ofKey} ORDER BY at DESC, id DESC LIMIT ${keptPerKey})`,
  )
  const newest = database.prepare(`SELECT ${columns} FROM measurements WHERE ${ofKey} ORDER BY at DESC, id DESC LIMIT 1`)
  const newestOfEach = database.prepare(
    `SELECT ${columns} FROM measurements AS m WHERE id = (SELECT id FROM measurements AS o WHERE o.runtime = m.runtime
       AND o.build = m.build AND o.model = m.model AND o.artifact = m.artifact AND o.calibrates = 1 ORDER BY at DESC, id DESC LIMIT 1)
     ORDER BY at DESC, id DESC`,
  )
  const everyRun = database.prepare(
    `SELECT id, ${columns}, predicted_low AS low, predicted_mid AS mid, predicted_high AS high, own_run AS ownRun,
       engine_test AS engineTest, device, calibrates, busy, ttft_low AS ttftLow, ttft_mid AS ttftMid, ttft_high AS ttftHigh FROM measurements WHERE tokens_per_second > 0 ORDER BY at DESC, id DESC`,
  )
  const setUse = database.prepare('UPDATE measurements SET calibrates = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM measurements WHERE id = ?')
  const whole = database.prepare('SELECT * FROM measurements WHERE id = ?')
  const forgotten = new Map<number, Record<string, SQLOutputValue>>()
  return {
    add(measurement, foretold) {
      const { runtime, build, model, artifact, tokensPerSecond, ttftMs, memoryMiB, contextTokens, threads, at, promptTokens } =
        measurementSchema.parse(measurement)
      const key = [runtime, build, model, artifact]
      const { range, ttft = null, ownRun, engineTest, device, busy = false } = foretold ?? nothingForetold
      const promised = [...cellsOf(range), ownRun ? 1 : 0, engineTest ? 1 : 0, device]
      const first = [promptTokens ?? null, ...cellsOf(ttft)]
      insert.run(...key, tokensPerSecond, ttftMs, memoryMiB, contextTokens, threads, at, ...promised, busy ? 1 : 0, busy ? 0 : 1, ...first)
      prune.run(...key, ...key)
    },
    latest({ runtime, build, model, artifact }) {
      const row = newest.get(runtime, build, model, artifact)
      return row ? (measurementSchema.safeParse(row).data ?? null) : null
    },
    all: () => newestOfEach.all().flatMap(row => measurementSchema.safeParse(row).data ?? []),
    predictions: () =>
      everyRun
        .all()
        .flatMap(row => predictionOf(row) ?? [])
        .sort(wrongFirst),
    calibrate: (id, use) => void setUse.run(use ? 1 : 0, id),
    forget(id) {
      const row = whole.get(id)
      if (row) forgotten.set(id, row)
      remove.run(id)
    },
    restore(id) {
      const row = forgotten.get(id)
      if (!row) return false
      const names = Object.keys(row)
      database
        .prepare(`INSERT INTO measurements (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
        .run(...Object.values(row))
      return forgotten.delete(id)
    },
  }
}

/** The speed before the first token: it is what decisions rest on. */
const wrongness = ({ flags, errorPercent, firstToken }: PredictionRow) =>
  (flags.includes('outside-range') ? 2e6 : flags.includes('first-token') ? 1e6 : 0) +
  Math.max(...[errorPercent, firstToken?.errorPercent].map(each => (each == null ? -1 : Math.abs(each))))
const wrongFirst = (one: PredictionRow, other: PredictionRow) => wrongness(other) - wrongness(one)
