import type { Decision, Recommendation } from '../../../electron/contract/decision'

/** Levels of precedence in words; an earlier one is never outweighed by later ones. */
const levels = [
  ['must', 'a must-have fulfilled better'],
  ['concurrency', 'people at once'],
  ['hardware', 'this hardware'],
  ['task', 'the task'],
  ['experience', 'what you are used to'],
  ['priority', 'what matters to you'],
] as const

export interface WhyNot {
  key: string
  title: string
  why: string
}

/** For each engine that stands behind the shown one, the level that decided; then those that were ruled out, with the reason. */
export function whyNotOthers({ decisions, rejected }: Recommendation, shown: Decision): WhyNot[] {
  const seen = new Set([shown.runtime])
  const behind = decisions.flatMap<WhyNot>(other => {
    if (other.engineTest || other.rank < shown.rank || seen.has(other.runtime)) return []
    seen.add(other.runtime)
    return [{ key: other.runtime, title: other.runtimeTitle, why: behindBy(shown, other) }]
  })
  return [...behind, ...rejected.map(each => ({ key: each.runtime, title: each.title, why: each.why }))]
}

function behindBy(shown: Decision, other: Decision): string {
  const price = other.givesUp.find(text => !shown.givesUp.includes(text))
  const cost = price === undefined ? '' : ` ${price}`
  const level = levels.find(([id]) => (shown.points?.[id] ?? 0) - (other.points?.[id] ?? 0) > 1e-9)
  return level ? `It could run; for ${level[1]} the rules speak less for it.${cost}` : `As good by the rules; it takes more upkeep.${cost}`
}
