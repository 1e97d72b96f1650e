import { prefillRate } from '../../../electron/core/recommend/prefill'
import type { Case } from './predict'
import { quantile } from './score'

export type PrefillScore = { rows: number; median: number; medianRatio: number }

/** Prompt processing of dense models on one GPU, where a row tells it: median error in percent and said over measured. */
export function prefillScores(cases: readonly Case[]): Record<string, PrefillScore> {
  const ratios = cases.flatMap(({ row, input, backend, stratum }) => {
    if (!input || row.prefill === null || stratum !== 'dense' || row.gpus > 1 || /pp8192/.test(row.depth)) return []
    const rate = prefillRate(input)
    return rate === null ? [] : [{ backend, ratio: rate / row.prefill }]
  })
  const scoreOf = (own: readonly number[]) => {
    const errors = own.map(ratio => Math.abs(ratio - 1) * 100).sort((a, b) => a - b)
    const sorted = [...own].sort((a, b) => a - b)
    return { rows: own.length, median: Math.round(quantile(errors, 0.5)), medianRatio: Math.round(quantile(sorted, 0.5) * 100) / 100 }
  }
  const names = [...new Set(ratios.map(one => one.backend))]
  return Object.fromEntries(names.map(name => [name, scoreOf(ratios.filter(one => one.backend === name).map(one => one.ratio))]))
}
