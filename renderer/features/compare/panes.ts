import { samplingSchema, type Comparison, type Pane, type Sampling } from '../../../electron/contract/compare'

/** How many panes a grid may have, and its columns: as close to square as the count allows. */
export const layouts = [1, 2, 3, 4, 6, 8] as const
export type Layout = (typeof layouts)[number]

/** Columns of the grid for so many panes. */
export function columnsFor(panes: number): number {
  if (panes <= 3) return Math.max(1, panes)
  return Math.ceil(panes / 2)
}

/** The smallest grid that holds so many panes. */
export function layoutFor(panes: number): Layout {
  return layouts.find(each => each >= panes) ?? 8
}

/** The parameters a new pane starts with: those of the contract. */
export const usualSampling: Sampling = samplingSchema.parse({})

/** A pane with an id of its own. */
export function newPane(route: string | null, sampling: Sampling = usualSampling): Pane {
  return { id: newId(), route, sampling }
}

/**
 * The panes of a grid of another size. Fewer: the last ones go, their answers stay stored. More: panes that were taken away come back
 * with their answers first, then new ones, each with a route of `free` while there is one.
 */
export function resized(comparison: Pick<Comparison, 'panes' | 'turns'>, size: number, free: readonly string[]): Pane[] {
  const { panes, turns } = comparison
  if (panes.length >= size) return panes.slice(0, size)
  const known = new Set(panes.map(pane => pane.id))
  const returning = new Map<string, Pane>()
  const sampling = panes.at(-1)?.sampling
  for (const { paneId, route } of turns.flatMap(turn => turn.generations)) {
    if (!known.has(paneId)) returning.set(paneId, { id: paneId, route, sampling: sampling ?? usualSampling })
  }
  const more = [...returning.values()].slice(0, size - panes.length)
  const unused = free.filter(route => ![...panes, ...more].some(pane => pane.route === route))
  const fresh = Array.from({ length: size - panes.length - more.length }, (_, index) => newPane(unused[index] ?? null, sampling))
  return [...panes, ...more, ...fresh]
}

/** The panes with one of them changed. */
export function changedPane(panes: readonly Pane[], id: string, change: Partial<Omit<Pane, 'id'>>): Pane[] {
  return panes.map(pane => (pane.id === id ? { ...pane, ...change } : pane))
}

/** What the panes of a new comparison ask: each ready route once, two panes at least. */
export function firstPanes(ready: readonly string[]): Pane[] {
  const size = layoutFor(Math.min(4, Math.max(2, ready.length)))
  return Array.from({ length: size }, (_, index) => newPane(ready[index] ?? null))
}

/** 128 random bits in hex. Not randomUUID: a page served to another machine over plain http has none. */
function newId(): string {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}
