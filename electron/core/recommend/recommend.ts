import type { Recommendation } from '../../contract/decision'
import type { RecommendInput } from './recommend.types'

/** Ranked decisions for a machine and a need. Pure: no clock, no disk, no network. */
export function recommend(input: RecommendInput): Recommendation {
  const rejected = input.runtimes.flatMap(runtime => {
    const verdict = runtime.judge(input.machine)
    return verdict.can ? [] : [{ runtime: runtime.id, title: runtime.title, why: verdict.why }]
  })
  return { need: input.need, decisions: [], rejected, notes: [] }
}
