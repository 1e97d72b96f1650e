import type { Decision, Recommendation } from '../../../electron/contract/decision'
import { figure } from '../../ui/format'
import { modelTitle } from './decision-words'
import { startabilityOf } from './start-request'

/** Levels of precedence in words; an earlier one is never outweighed by later ones. */
const levels = [
  ['must', 'what you must have'],
  ['concurrency', 'how many ask at once'],
  ['hardware', 'this hardware'],
  ['task', 'the task'],
  ['experience', 'what you are used to'],
  ['priority', 'what matters to you'],
] as const

/** Rules that tell what decided between engines that were level otherwise. */
const ties: Readonly<Record<string, string>> = {
  'tie-upkeep': 'it takes more upkeep',
  'tie-repeatable': 'its answers are harder to repeat',
}

export interface WhyNot {
  key: string
  title: string
  why: string
}

/**
 * For each other engine what keeps it from being the shown one: those before it cannot be started here, for those behind it
 * the level that decided; then those that were ruled out, with the reason.
 */
export function whyNotOthers({ decisions, rejected }: Recommendation, shown: Decision): WhyNot[] {
  const seen = new Set([shown.runtime])
  const others = decisions.flatMap<WhyNot>(other => {
    if (other.engineTest || seen.has(other.runtime)) return []
    const behind = decisions.find(each => each.runtime === other.runtime && each.rank > shown.rank && !each.engineTest)
    seen.add(other.runtime)
    return [{ key: other.runtime, title: other.runtimeTitle, why: behind ? behindBy(shown, behind) : beforeBut(other) }]
  })
  return [...others, ...rejected.map(each => ({ key: each.runtime, title: each.title, why: each.why }))]
}

/** It stands before the shown one and is passed over: for what cannot be had here. */
function beforeBut(other: Decision): string {
  const startability = startabilityOf(other)
  return startability.kind === 'start' ? 'It stands before this one.' : startability.why
}

function behindBy(shown: Decision, other: Decision): string {
  const price = other.givesUp.find(text => !shown.givesUp.includes(text))
  const cost = price === undefined ? '' : ` ${price}`
  const level = levels.find(([id]) => (shown.points?.[id] ?? 0) - (other.points?.[id] ?? 0) > 1e-9)
  const isNext = other.rank === shown.rank + 1
  const tie = isNext ? shown.reasons.flatMap(reason => ties[reason.rule] ?? [])[0] : undefined
  const why = level
    ? `, but the rules on ${level[1]} put it behind`
    : ` and is as good by the rules${tie === undefined ? ', where upkeep and then repeatability decide' : `; ${tie}`}`
  return `It could run${wouldRun(other)}${why}.${cost}`
}

/** What it would be with: ` with Qwen3-8B FP8 (about 90 tok/s)`. */
function wouldRun(other: Decision): string {
  const rate = other.speed.users ?? other.speed.oneUser
  return ` with ${modelTitle(other)}${rate === null ? '' : ` (about ${figure(rate.mid)} tok/s${other.speed.users ? ' together' : ''})`}`
}
