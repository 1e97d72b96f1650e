import type { Comparison, ComparisonDelta, ComparisonEvent, Generation, Turn } from '../../../electron/contract/compare'

/** Applies one event: pure. Null when something between was missed, and only a new snapshot heals it. */
export function reduceComparison(before: Comparison | null, event: ComparisonEvent): Comparison | null {
  if (event.type === 'snapshot') return event.comparison
  if (!before) return null
  switch (event.type) {
    case 'turn':
      return { ...before, turns: withTurn(before.turns, event.turn) }
    case 'panes':
      return { ...before, panes: event.panes }
    case 'title':
      return { ...before, title: event.title }
    case 'generation':
      return changeTurn(before, event.turnId, turn => withGeneration(turn, event.generation))
    case 'deltas':
      return event.deltas.reduce<Comparison | null>(
        (now, delta) => now && changeTurn(now, delta.turnId, turn => withDelta(turn, delta)),
        before,
      )
  }
}

function withTurn(turns: Turn[], turn: Turn): Turn[] {
  const index = turns.findIndex(each => each.id === turn.id)
  return index === -1 ? [...turns, turn] : turns.with(index, turn)
}

function changeTurn(before: Comparison, turnId: string, change: (turn: Turn) => Turn | null): Comparison | null {
  const index = before.turns.findIndex(each => each.id === turnId)
  const turn = before.turns[index]
  const next = turn && change(turn)
  return next ? { ...before, turns: before.turns.with(index, next) } : null
}

/** An answer that was asked again takes the place of its pane's earlier one. */
function withGeneration(turn: Turn, generation: Generation): Turn {
  const same = turn.generations.findIndex(each => each.id === generation.id)
  const index = same === -1 ? turn.generations.findIndex(each => each.paneId === generation.paneId) : same
  return { ...turn, generations: index === -1 ? [...turn.generations, generation] : turn.generations.with(index, generation) }
}

/** A delta counts only where it begins exactly at the end of the text that is known. */
function withDelta(turn: Turn, { generationId, offset, text, reasoning, stats }: ComparisonDelta): Turn | null {
  const index = turn.generations.findIndex(each => each.id === generationId)
  const known = turn.generations[index]
  if (known?.text.length !== offset) return null
  const grown = { ...known, text: known.text + text, reasoning: known.reasoning + reasoning, stats }
  return { ...turn, generations: turn.generations.with(index, grown) }
}

/** True while an answer is being written or waits for its turn. */
export function isLive(generation: Generation): boolean {
  return generation.state === 'waiting' || generation.state === 'streaming'
}

/** The answers of the last turn. */
export function lastGenerations(comparison: Comparison | null): readonly Generation[] {
  return comparison?.turns.at(-1)?.generations ?? []
}
