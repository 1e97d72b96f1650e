import type { Range } from '../../../electron/contract/decision'
import type { Case, Stratum } from './predict'

export type Scored = { each: Case; predicted: Range | null }
export type Score = {
  rows: number
  median: number | null
  p90: number | null
  bias: number | null
  within15: number | null
  within20: number | null
  /** Share of the rows whose range contains what was measured, percent. */
  coverage: number | null
  unpredicted: number
}

/** Signed error in percent of what was measured; a row that is not predicted counts as 100. */
export const errorOf = ({ each, predicted }: Scored) => (predicted === null ? 100 : (predicted.mid / each.row.decode - 1) * 100)

const share = (part: readonly unknown[], all: readonly unknown[]) => Math.round((part.length / all.length) * 1000) / 10
const round = (value: number) => Math.round(value * 100) / 100

export function scoreOf(scored: readonly Scored[]): Score {
  if (scored.length === 0) {
    return { rows: 0, ...{ median: null, p90: null, bias: null, within15: null, within20: null, coverage: null, unpredicted: 0 } }
  }
  const signed = scored.map(errorOf)
  const absolute = signed.map(Math.abs).sort((a, b) => a - b)
  const covered = scored.filter(({ each, predicted }) => predicted && predicted.low <= each.row.decode && each.row.decode <= predicted.high)
  return {
    rows: scored.length,
    median: round(quantile(absolute, 0.5)),
    p90: round(quantile(absolute, 0.9)),
    bias: round(signed.reduce((sum, each) => sum + each, 0) / signed.length),
    within15: share(
      absolute.filter(each => each <= 15),
      absolute,
    ),
    within20: share(
      absolute.filter(each => each <= 20),
      absolute,
    ),
    coverage: share(covered, scored),
    unpredicted: scored.filter(each => each.predicted === null).length,
  }
}

/** Linear interpolation between the neighbours; `sorted` ascending. */
export function quantile(sorted: readonly number[], at: number): number {
  const place = (sorted.length - 1) * at
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return low + (high - low) * (place - Math.floor(place))
}

const strata: readonly Stratum[] = ['dense', 'moe', 'batched']

export const byStratum = (scored: readonly Scored[]) =>
  Object.fromEntries(strata.map(stratum => [stratum, scoreOf(scored.filter(({ each }) => each.stratum === stratum))]))

export function by(scored: readonly Scored[], keyOf: (each: Scored) => string): Record<string, Score> {
  const keys = [...new Set(scored.map(keyOf))].sort()
  return Object.fromEntries(keys.map(key => [key, scoreOf(scored.filter(each => keyOf(each) === key))]))
}
