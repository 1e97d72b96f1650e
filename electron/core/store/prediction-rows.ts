import * as z from 'zod'
import type { Range } from '../../contract/decision'
import type { Prediction } from '../../contract/predictions'

/** One row of the table as it is kept. */
const rowSchema = z.object({
  ...{ id: z.int(), runtime: z.string(), build: z.string(), model: z.string(), artifact: z.string(), at: z.string() },
  ...{ tokensPerSecond: z.number(), contextTokens: z.int().nullable(), device: z.string().nullable() },
  ...{ low: z.number().nullable(), mid: z.number().nullable(), high: z.number().nullable() },
  ...{ ttftMs: z.number().nullable(), promptTokens: z.int().nullable() },
  ...{ ttftLow: z.number().nullable(), ttftMid: z.number().nullable(), ttftHigh: z.number().nullable() },
  ...{ ownRun: z.int(), engineTest: z.int(), calibrates: z.int(), busy: z.int() },
})

/** A run without the titles, which the store does not know. */
export type MeasuredRun = Omit<Prediction, 'modelTitle' | 'buildTitle'>
export type PredictionRow = Pick<Prediction, 'flags' | 'errorPercent' | 'firstToken'>

/** A kept row as the contract shows it, but for the titles; null for one that cannot be read. */
export function predictionOf(row: unknown): MeasuredRun | null {
  const parsed = rowSchema.safeParse(row)
  if (!parsed.success) return null
  const { low, mid, high, ttftLow, ttftMid, ttftHigh, ttftMs, promptTokens, ...kept } = parsed.data
  const { ownRun, engineTest, calibrates, busy, at, tokensPerSecond: measured, ...rest } = kept
  const predicted = rangeOf(low, mid, high)
  const first = rangeOf(ttftLow, ttftMid, ttftHigh)
  // An engine test is too small for a time that says anything.
  const firstToken =
    ttftMs === null || engineTest === 1 ? null : { promptTokens, predicted: first, measured: ttftMs, errorPercent: errorOf(first, ttftMs) }
  const flags: Prediction['flags'] = []
  if (isOutside(predicted, measured)) flags.push('outside-range')
  if (firstToken && isOutside(first, firstToken.measured)) flags.push('first-token')
  if (ownRun === 1) flags.push('own-run')
  if (engineTest === 1) flags.push('engine-test')
  if (busy === 1) flags.push('busy')
  if (predicted === null) flags.push('no-prediction')
  const errorPercent = errorOf(predicted, measured)
  return { ...rest, when: at, predicted, measured, errorPercent, firstToken, flags, calibrates: calibrates === 1 }
}

const rangeOf = (low: number | null, mid: number | null, high: number | null): Range | null =>
  low === null || mid === null || high === null ? null : { low, mid, high }

const isOutside = (range: Range | null, value: number) => range !== null && (value < range.low || value > range.high)

/** How far what was said lies off what came, percent. */
const errorOf = (range: Range | null, value: number) =>
  range === null || value <= 0 ? null : Math.round((range.mid / value - 1) * 1000) / 10
