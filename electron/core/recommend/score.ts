import type { Need } from '../../contract/need'
import type { Dimension } from '../runtimes/facts'
import type { Runtime } from '../runtimes/runtime'
import { allHold, type Facts } from './conditions'
import { levels, rules, type Level, type Rule } from './rules'
import { tierOf } from './situation'

/** What the rules say about one engine: points per level, and the rules that fired, in the order of precedence. */
export type Score = { points: Readonly<Record<Level, number>>; fired: readonly Rule[]; veto: Rule | null }

/** Applies all rules to one engine. Pure: facts in, points out. */
export function scoreEngine(runtime: Runtime, need: Need, facts: Facts): Score {
  const points: Record<Level, number> = { must: 0, concurrency: 0, hardware: 0, task: 0, experience: 0, priority: 0 }
  const fired = rules.filter(rule => allHold(rule.when, facts) && allHold(rule.engine, facts))
  for (const rule of fired) if (rule.level !== 'note') points[rule.level] += pointsOf(rule, runtime, need)
  const veto = fired.find(rule => rule.effect.kind === 'veto') ?? null
  return { points, fired: inOrder(fired), veto }
}

const inOrder = (fired: readonly Rule[]) => {
  const order = (rule: Rule) => (rule.level === 'note' ? levels.length : levels.indexOf(rule.level))
  return [...fired].sort((a, b) => order(a) - order(b))
}

/** What a rule is worth for this engine; a priority counts a fifth of the one before it, so that their order decides. */
export function pointsOf(rule: Rule, runtime: Runtime, need: Need): number {
  const { effect } = rule
  if (effect.kind === 'points') return effect.points
  if (effect.kind === 'weights') return weighed(runtime, need)
  if (effect.kind !== 'tier') return 0
  const place = effect.priority === undefined ? 0 : need.priorities.findIndex(each => each === effect.priority)
  return tierOf(runtime, effect.dimension as Dimension) * 0.2 ** Math.max(0, place)
}

/** Mean tier of the dimensions a person weighs, 0 to 4; a dimension that does not apply to an engine does not count for it. */
export function weighed(runtime: Runtime, { weights }: Need): number {
  const entries = Object.entries(weights ?? {}).flatMap(([name, weight]) => {
    const dimension = name as Dimension
    const tier = tierOf(runtime, dimension)
    return tier === 0 || !weight ? [] : [{ tier, weight }]
  })
  const total = entries.reduce((sum, each) => sum + each.weight, 0)
  return total === 0 ? 0 : entries.reduce((sum, { tier, weight }) => sum + tier * weight, 0) / total
}

type Scored = { runtime: Runtime; score: Score }

/** Negative when `a` stands before `b`: level by level, then upkeep, then repeatability. */
export function compareScores(a: Scored, b: Scored): number {
  return comparePoints(a, b) || compareTiers(a, b, 'maintenance') || compareTiers(a, b, 'reproducibility')
}

export type Tie = 'maintenance' | 'reproducibility' | 'none'

/** What decided between two engines that the rules left level. */
export function tieBetween(a: Scored, b: Scored): Tie {
  if (comparePoints(a, b) !== 0) return 'none'
  if (compareTiers(a, b, 'maintenance') !== 0) return 'maintenance'
  return compareTiers(a, b, 'reproducibility') === 0 ? 'none' : 'reproducibility'
}

function comparePoints(a: Scored, b: Scored): number {
  const level = levels.find(each => Math.abs(b.score.points[each] - a.score.points[each]) > 1e-9)
  return level === undefined ? 0 : b.score.points[level] - a.score.points[level]
}

const compareTiers = (a: Scored, b: Scored, dimension: Dimension) => tierOf(b.runtime, dimension) - tierOf(a.runtime, dimension)
