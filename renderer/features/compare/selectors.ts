import type { Comparison, Generation, Pane } from '../../../electron/contract/compare'
import { isLive, lastGenerations } from './comparison-reducer'

/** What parts of the store components look at, so that a growing answer draws its own pane's text and nothing else. */
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
