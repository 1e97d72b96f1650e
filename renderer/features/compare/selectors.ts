import type { Comparison, Generation, Pane, Turn } from '../../../electron/contract/compare'
import { isLive, lastGenerations } from './comparison-reducer'

/** What parts of the store components look at, so that a growing answer draws its own text and nothing else. */
interface Shown {
  comparison: Comparison | null
}

const noPanes: readonly Pane[] = []

export const panesOf = ({ comparison }: Shown): readonly Pane[] => comparison?.panes ?? noPanes

/** True while any answer is being written. */
export const isAnyLive = ({ comparison }: Shown): boolean => lastGenerations(comparison).some(isLive)

/** The newest answer of a pane. */
export function generationOf({ comparison }: Shown, paneId: string): Generation | null {
  return lastGenerations(comparison).find(each => each.paneId === paneId) ?? null
}

/** The id of the pane whose answer a waiting pane comes after; null when it waits for nobody. */
export function waitsFor({ comparison }: Shown, paneId: string): string | null {
  const turn = comparison?.turns.at(-1)
  if (turn?.mode !== 'one-after-another') return null
  const place = turn.generations.findIndex(each => each.paneId === paneId)
  return turn.generations.slice(0, Math.max(0, place)).findLast(isLive)?.paneId ?? null
}

/** The ids of the turns that a pane was asked in, oldest first. */
export function askedTurns({ comparison }: Shown, paneId: string): string[] {
  const turns = comparison?.turns ?? []
  return turns.filter(turn => turn.generations.some(each => each.paneId === paneId)).map(turn => turn.id)
}

const turnOf = ({ comparison }: Shown, turnId: string) => comparison?.turns.findLast(turn => turn.id === turnId)

export const promptOf = (shown: Shown, turnId: string): string => turnOf(shown, turnId)?.prompt ?? ''

/** What a pane answered in a turn. */
export function answerOf(shown: Shown, turnId: string, paneId: string): Generation | null {
  return turnOf(shown, turnId)?.generations.find(each => each.paneId === paneId) ?? null
}

/** The same without its growth: while it streams it is the same object, and its texts are read where they are shown. */
export function outlineOf(turnId: string, paneId: string): (shown: Shown) => Generation | null {
  return steady(
    shown => answerOf(shown, turnId, paneId),
    (kept, next) =>
      kept?.id === next?.id &&
      kept?.state === 'streaming' &&
      next?.state === 'streaming' &&
      kept.instanceId === next.instanceId &&
      kept.error === next.error &&
      (kept.text === '') === (next.text === '') &&
      (kept.reasoning === '') === (next.reasoning === ''),
  )
}

/** Figures of an answer that is being written change at most so often: digits that change faster cannot be read. */
const tickEveryMs = 250

/** The newest answer of a pane for its figures: the same object until a tick has passed or the answer is in another state. */
export function tickingGeneration(paneId: string): (shown: Shown) => Generation | null {
  return steady(
    shown => generationOf(shown, paneId),
    (kept, next) =>
      kept?.id === next?.id &&
      kept?.state === next?.state &&
      next?.state === 'streaming' &&
      Math.abs((next.stats.totalMs ?? 0) - (kept?.stats.totalMs ?? 0)) < tickEveryMs,
  )
}

/** The last turn as its fairness is seen: the same object until something of that changes, which growing text is not. */
export function fairTurn(): (shown: Shown) => Turn | null {
  return steady(
    ({ comparison }) => comparison?.turns.at(-1) ?? null,
    (kept, next) =>
      kept?.id === next?.id &&
      kept?.mode === next?.mode &&
      kept?.generations.length === next?.generations.length &&
      (kept?.generations.every((each, index) => isAsFair(each, next?.generations[index])) ?? true),
  )
}

function isAsFair(kept: Generation, next: Generation | undefined): boolean {
  return kept.paneId === next?.paneId && kept.instanceId === next.instanceId && kept.stats.promptTokens === next.stats.promptTokens
}

/** A selector that goes on giving what it gave while `isSame` says that nothing of interest has changed. */
function steady<Value>(select: (shown: Shown) => Value, isSame: (kept: Value, next: Value) => boolean): (shown: Shown) => Value {
  let kept: { value: Value } | null = null
  return shown => {
    const value = select(shown)
    if (!kept || (kept.value !== value && !isSame(kept.value, value))) kept = { value }
    return kept.value
  }
}
