import * as z from 'zod'
import type { Prediction } from '../../contract/predictions'

/** One row of the table as it is kept. */
const rowSchema = z.object({
  ...{ id: z.int(), runtime: z.string(), build: z.string(), model: z.string(), artifact: z.string(), at: z.string() },
  ...{ tokensPerSecond: z.number(), contextTokens: z.int().nullable(), device: z.string().nullable() },
  ...{ low: z.number().nullable(), mid: z.number().nullable(), high: z.number().nullable() },
  ...{ ownRun: z.int(), engineTest: z.int(), calibrates: z.int(), busy: z.int() },
})

/** A run without the titles, which the store does not know. */
export type MeasuredRun = Omit<Prediction, 'modelTitle' | 'buildTitle'>
export type PredictionRow = Pick<Prediction, 'flags' | 'errorPercent'>

/** A kept row as the contract shows it, but for the titles; null for one that cannot be read. */
export function predictionOf(row: unknown): MeasuredRun | null {
  const parsed = rowSchema.safeParse(row)
  if (!parsed.success) return null
  const { low, mid, high, ownRun, engineTest, calibrates, busy, at, tokensPerSecond: measured, ...rest } = parsed.data
  const predicted = low === null || mid === null || high === null ? null : { low, mid, high }
  const flags: Prediction['flags'] = []
  if (predicted && (measured < predicted.low || measured > predicted.high)) flags.push('outside-range')
  if (ownRun === 1) flags.push('own-run')
  if (engineTest === 1) flags.push('engine-test')
  if (busy === 1) flags.push('busy')
  if (predicted === null) flags.push('no-prediction')
  const errorPercent = predicted === null ? null : Math.round((predicted.mid / measured - 1) * 1000) / 10
  return { ...rest, when: at, predicted, measured, errorPercent, flags, calibrates: calibrates === 1 }
}
