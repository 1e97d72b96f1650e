import type { Decision } from '../../contract/decision'
import type { RecommendInput } from './recommend.types'
import { firstDecision, type Situation } from './simulate'

/** Positions of sliders that are gone back to. */
const kept = 8

/**
 * `firstDecision` that remembers what it decided last: while a slider moves one side of the comparison stays what it was, and is not
 * decided again. What is the same is told by value, so a change of anything decides anew.
 */
export function createRepeatedDecision(): (situation: Situation) => Decision | null {
  let known: { situation: Situation; decision: Decision | null }[] = []
  return situation => {
    const before = known.find(each => isSame(each.situation, situation))
    const entry = before ?? { situation, decision: firstDecision(situation) }
    known = [entry, ...known.filter(each => each !== entry)].slice(0, kept)
    return entry.decision
  }
}

function isSame(one: Situation, other: Situation): boolean {
  if ((one.artifact ?? null) !== (other.artifact ?? null)) return false
  const names = Object.keys(other.input).filter((name): name is keyof RecommendInput => name in one.input)
  return names.length === Object.keys(one.input).length && names.every(name => isEqual(one.input[name], other.input[name]))
}

/** Most parts are the very same objects from one question to the next; only what is not is compared by what it holds. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((each, index) => isEqual(each, other[index]))
  if (!isPlain(one) || !isPlain(other)) return false
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => name in other && isEqual(one[name], other[name]))
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
