import type { RuntimeDetail, RuntimesSnapshot } from '../../../electron/contract/runtime-detail'
import type { Need } from '../../../electron/contract/need'

export type Weights = Readonly<Record<string, number>>
export interface MatrixRow {
  runtime: RuntimeDetail
  /** 0..100; null when nothing that has a weight applies to it. */
  score: number | null
  /** From 1; ties share a rank. */
  rank: number
}

/** Quarters of the full score, best first. */
const points = { excellent: 100, strong: 75, acceptable: 50, limited: 25 } as const

/** Most weight a dimension can have. */
export const weightMost = 3

/** Which dimension of the matrix a priority of the need speaks of; a priority that is none is left out. */
const dimensionOf: Partial<Record<Need['priorities'][number], string>> = {
  throughput: 'throughput',
  maintenance: 'maintenance',
  reproducibility: 'reproducibility',
  'lock-in': 'lock-in',
  observability: 'observability',
}

/** Weights that follow from a need: one each, more for what was named first, and concurrency as soon as several ask at once. */
export function weightsOf(need: Need, dimensions: RuntimesSnapshot['dimensions']): Weights {
  const weights: Record<string, number> = Object.fromEntries(dimensions.map(({ id }) => [id, 1]))
  need.priorities.forEach((priority, index) => {
    const id = dimensionOf[priority]
    if (id !== undefined) weights[id] = Math.max(2, weightMost - index)
  })
  if (need.users > 1) weights.concurrency = need.users > 4 ? weightMost : 2
  if (need.must.includes('multi-gpu')) weights['multi-gpu'] = weightMost
  if (need.must.includes('speculative')) weights.speculative = weightMost
  if (need.task === 'edge') weights.edge = weightMost
  return weights
}

/**
 * The weighted mean of the tiers, 25 points a step; a dimension that does not apply to a runtime counts neither way. Highest
 * first, ties by title. The tiers are one source's judgement: this ranks opinions, the recommender ranks stacks.
 */
export function rankMatrix(runtimes: readonly RuntimeDetail[], weights: Weights): MatrixRow[] {
  const scored = runtimes
    .map(runtime => ({ runtime, score: scoreOf(runtime, weights) }))
    .sort((left, right) => (right.score ?? -1) - (left.score ?? -1) || left.runtime.title.localeCompare(right.runtime.title))
  return scored.map(row => ({ ...row, rank: scored.findIndex(each => each.score === row.score) + 1 }))
}

function scoreOf({ matrix }: RuntimeDetail, weights: Weights): number | null {
  let sum = 0
  let weight = 0
  for (const [id, { tier }] of Object.entries(matrix)) {
    const each = weights[id] ?? 0
    if (tier === null || each === 0) continue
    sum += points[tier] * each
    weight += each
  }
  return weight === 0 ? null : Math.round(sum / weight)
}
