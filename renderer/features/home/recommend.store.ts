import { create } from 'zustand'
import type { Decision, Recommendation } from '../../../electron/contract/decision'
import type { FailureReport } from '../../../electron/contract/failure'
import type { Need } from '../../../electron/contract/need'
import { startabilityOf } from './start-request'

/** What the person wants and what the host answers to it. */
export interface RecommendStore {
  /** Null until the settings are here. */
  need: Need | null
  /** The last answer; kept on the screen while the next is worked out. */
  recommendation: Recommendation | null
  computing: boolean
  failure: FailureReport | null
  /** The need before a change that a button made, to go back to; null when there is none. */
  undo: Need | null
  /** Rank of the decision that is shown in full; null shows the best. */
  shownRank: number | null
}

export const emptyRecommend: RecommendStore = {
  need: null,
  recommendation: null,
  computing: false,
  failure: null,
  undo: null,
  shownRank: null,
}

export const useRecommend = create<RecommendStore>(() => emptyRecommend)

export type RecommendEvent =
  | { type: 'loaded'; need: Need }
  | { type: 'changed'; change: Partial<Need> }
  /** A button changed it ("Try it"): the need before can be had back. */
  | { type: 'tried'; need: Need }
  | { type: 'undone' }
  | { type: 'asked' }
  | { type: 'answered'; recommendation: Recommendation }
  | { type: 'failed'; failure: FailureReport }
  | { type: 'shown'; rank: number | null }

/** How an event changes the screen: pure. */
export function reduceRecommend(store: RecommendStore, event: RecommendEvent): RecommendStore {
  switch (event.type) {
    case 'loaded':
      return store.need ? store : { ...store, need: event.need }
    case 'changed':
      return store.need ? { ...store, need: { ...store.need, ...event.change }, undo: null } : store
    case 'tried':
      return { ...store, need: event.need, undo: store.need }
    case 'undone':
      return store.undo ? { ...store, need: store.undo, undo: null } : store
    case 'asked':
      return { ...store, computing: true }
    case 'answered':
      return { ...store, recommendation: event.recommendation, computing: false, failure: null, shownRank: null }
    case 'failed':
      return { ...store, computing: false, failure: event.failure }
    case 'shown':
      return { ...store, shownRank: event.rank }
  }
}

export const dispatch = (event: RecommendEvent): void => useRecommend.setState(store => reduceRecommend(store, event))

/** Tries a change of what was asked last, which an answer under way may not show yet; it can be undone. */
export function tryNeed(change: (need: Need) => Need): void {
  const { need } = useRecommend.getState()
  if (need) dispatch({ type: 'tried', need: change(need) })
}

/** A need with some fields changed by the host's suggestion; fields the contract does not know are left out. */
export function appliedNeed(need: Need, change: Record<string, unknown>): Need {
  const known = Object.fromEntries(Object.entries(change).filter(([key]) => key in need))
  return { ...need, ...known }
}

/** Best first. */
const byRank = ({ decisions }: Recommendation): Decision[] => decisions.toSorted((one, other) => one.rank - other.rank)

/** The best by the rules, whether it can be started here or not; null when there is none. */
export const bestDecision = (recommendation: Recommendation): Decision | null => byRank(recommendation)[0] ?? null

/**
 * What Home leads with: the best; where that cannot be started here (no source of its model in reach, say), the best real
 * model that can, and without one the engine test: one that starts at once before one whose engine has to be installed.
 */
export function leadDecision(recommendation: Recommendation): Decision | null {
  const all = byRank(recommendation)
  const [best] = all
  if (!best || startabilityOf(best).kind !== 'cannot') return best ?? null
  const able = all.filter(each => startabilityOf(each).kind === 'start')
  return able.find(each => !each.engineTest) ?? able.find(each => each.startable.now) ?? able[0] ?? best
}

/** The decision shown in full: the chosen one, else what Home leads with. */
export function shownDecision(recommendation: Recommendation, rank: number | null): Decision | null {
  return recommendation.decisions.find(decision => decision.rank === rank) ?? leadDecision(recommendation)
}
