import { prefillRate } from '../../../electron/core/recommend/prefill'
import { firstTokenSpread } from '../../../electron/core/recommend/speed'
import type { Case } from './predict'
import { quantile } from './score'

export type PrefillScore = { rows: number; median: number; within20: number; coverage: number; medianRatio: number }

/** Length of llama-bench's prompt: `pp8192`, else its usual 512; behind a plain depth it reads that as well, so twice as much counts. */
const promptOf = (depth: string) => (/^\d+$/.test(depth) ? 2 * Number(depth) + 2048 : Number(/pp(\d+)/.exec(depth)?.[1] ?? 512))

/**
 * Prompt processing where a row tells it: median error in percent, share within 20 % and in the range that first tokens are
 * given, said over measured. Dense models on one GPU by backend; long prompts, several GPUs and mixtures apart.
 */
export function prefillScores(cases: readonly Case[]): Record<string, PrefillScore> {
  const ratios = cases.flatMap(each => {
    const { row, input } = each
    if (!input || row.prefill === null || row.prefill <= 0 || row.concurrency > 1) return []
    const rate = prefillRate({ ...input, promptTokens: promptOf(row.depth) })
    return rate === null ? [] : [{ name: nameOf(each), ratio: rate / row.prefill }]
  })
  const names = [...new Set(ratios.map(one => one.name))]
  return Object.fromEntries(names.map(name => [name, scoreOf(ratios.filter(one => one.name === name).map(one => one.ratio))]))
}

function nameOf({ row, stratum, backend }: Case): string {
  if (stratum !== 'dense') return 'mixtures'
  if (row.gpus > 1) return 'several GPUs'
  return promptOf(row.depth) > 2048 ? `${backend}, long prompts` : backend
}

function scoreOf(own: readonly number[]): PrefillScore {
  const errors = own.map(ratio => Math.abs(ratio - 1) * 100).sort((a, b) => a - b)
  const sorted = [...own].sort((a, b) => a - b)
  const share = (part: readonly number[]) => Math.round((part.length / own.length) * 100)
  return {
    ...{ rows: own.length, median: Math.round(quantile(errors, 0.5)), within20: share(errors.filter(each => each <= 20)) },
    // Time is the inverse of the rate: a range of times holds what a range of rates holds, turned round.
    coverage: share(own.filter(ratio => firstTokenSpread.low <= ratio && ratio <= firstTokenSpread.high)),
    medianRatio: Math.round(quantile(sorted, 0.5) * 100) / 100,
  }
}
