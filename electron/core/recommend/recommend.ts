import type { Decision, Recommendation } from '../../contract/decision'
import { decide, type DecideContext } from './decide'
import { groundsOf } from './evidence'
import { candidatesHere } from './here'
import { optionsOf } from './options'
import { rank, type Candidate } from './rank'
import type { RecommendInput } from './recommend.types'
import { tieBetween } from './score'
import { notesFor } from './notes'
import { whatIf } from './what-if'

/**
 * Ranked decisions for a machine and a need. Pure: the same input always gives the same answer; no clock, no disk, no
 * network. First the best of each engine, in order; behind them what can be done with what is here. The first decision
 * with `startable.now` is the best that can be started at once.
 */
export function recommend(input: RecommendInput): Recommendation {
  const pool = optionsOf(input)
  const { options, named } = pool
  const ranking = rank(input, pool)
  const nothing = named !== null && ranking.candidates.length === 0
  const context: DecideContext = { input, contenders: ranking.contenders, options: pool.all }
  const candidates = nothing ? [] : withoutRepeats([...ranking.candidates, ...ordered(candidatesHere(input, pool, ranking))])
  const [first, second] = ranking.candidates
  const tie = first && second ? tieBetween(first, second) : 'none'
  const decisions = candidates.map((candidate, index) => ({
    ...decide(index === 0 ? { ...context, tie } : context, candidate),
    rank: index + 1,
  }))
  const best = decisions[0]
  if (best) decisions[0] = { ...best, changesIf: whatIf(input, best.runtime) }
  const notes = notesFor(input, { decisions, named: nothing ? options : null, instead })
  return {
    need: input.need,
    decisions,
    rejected: ranking.rejected,
    notes: notes.map(each => each.text),
    grounds: groundsOf(notes),
  }
}

/** What would run if the person had named no model. */
const instead = (input: RecommendInput): Decision | null => {
  const open = { ...input, need: { ...input.need, model: null } }
  const pool = optionsOf(open)
  const ranking = rank(open, pool)
  const [first] = ranking.candidates
  return first ? decide({ input: open, contenders: ranking.contenders, options: pool.all }, first) : null
}

/** Startable ones first, real models before the engine test, then as ranked. */
function ordered(candidates: readonly Candidate[]): Candidate[] {
  const order = ({ choice }: Candidate) => (choice.option.engineTest ? 2 : choice.option.library ? 0 : 1)
  return [...candidates].sort((a, b) => order(a) - order(b))
}

function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>()
  return candidates.filter(({ runtime, build, choice }) => {
    const key = [runtime.id, build.build?.id ?? build.backend, choice.option.model, choice.option.artifact].join(' ')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
