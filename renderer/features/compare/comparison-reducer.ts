import type { Comparison, ComparisonEvent, Generation, Turn } from '../../../electron/contract/compare'

/** What an event makes of a comparison. `gap`: something between was missed, and only a new snapshot heals it. */
export type Reduced = { kind: 'comparison'; comparison: Comparison } | { kind: 'gap' }

const gap: Reduced = { kind: 'gap' }

/** Applies one event: pure. A delta counts only where it begins exactly at the end of the text that is known. */
export function reduceComparison(before: Comparison | null, event: ComparisonEvent): Reduced {
  if (event.type === 'snapshot') return { kind: 'comparison', comparison: event.comparison }
  if (!before) return gap
  switch (event.type) {
    case 'turn':
      return changed({ ...before, turns: withTurn(before.turns, event.turn) })
    case 'panes':
      return changed({ ...before, panes: event.panes })
    case 'title':
      return changed({ ...before, title: event.title })
    case 'generation':
      return withGeneration(before, event.turnId, (known, turn) => (known ? event.generation : placeOf(turn, event.generation)), {
        id: event.generation.id,
        paneId: event.generation.paneId,
      })
    case 'delta':
      return withGeneration(before, event.turnId, known => (known?.text.length === event.offset ? grown(known, event) : null), {
        id: event.generationId,
        paneId: null,
      })
  }
}

function changed(comparison: Comparison): Reduced {
  return { kind: 'comparison', comparison }
}

function withTurn(turns: Turn[], turn: Turn): Turn[] {
  const index = turns.findIndex(each => each.id === turn.id)
  return index === -1 ? [...turns, turn] : turns.with(index, turn)
}

function withGeneration(
  before: Comparison,
  turnId: string,
  change: (known: Generation | undefined, turn: Turn) => Generation | null,
  of: { id: string; paneId: string | null },
): Reduced {
  const turnIndex = before.turns.findIndex(each => each.id === turnId)
  const turn = before.turns[turnIndex]
  if (!turn) return gap
  const known = turn.generations.findIndex(each => each.id === of.id)
  const next = change(turn.generations[known], turn)
  if (!next) return gap
  const place = known === -1 ? turn.generations.findIndex(each => each.paneId === of.paneId) : known
  const generations = place === -1 ? [...turn.generations, next] : turn.generations.with(place, next)
  return changed({ ...before, turns: before.turns.with(turnIndex, { ...turn, generations }) })
}
