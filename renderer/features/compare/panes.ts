import { samplingSchema, type Pane, type Sampling, type Turn } from '../../../electron/contract/compare'

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
 * with their answers first, then new ones, each asking one of `free` while there is one.
 */
export function resized(comparison: { panes: readonly Pane[]; turns: readonly Turn[] }, size: number, free: readonly Asked[]): Pane[] {
  const { panes, turns } = comparison
  if (panes.length >= size) return panes.slice(0, size)
  const known = new Set(panes.map(pane => pane.id))
  const returning = new Map<string, Pane>()
  const sampling = panes.at(-1)?.sampling
  for (const { paneId, route } of turns.flatMap(turn => turn.generations)) {
    if (!known.has(paneId)) returning.set(paneId, { id: paneId, route, sampling: sampling ?? usualSampling })
  }
  const more = [...returning.values()].slice(0, size - panes.length)
  const unused = free.filter(({ route }) => ![...panes, ...more].some(pane => pane.route === route))
  const fresh = Array.from({ length: size - panes.length - more.length }, (_, index) => {
    const asked = unused[index]
    return asked ? asking(newPane(null, sampling), asked) : newPane(null, sampling)
  })
  return [...panes, ...more, ...fresh]
}

/** The panes with one of them changed. */
export function changedPane(panes: readonly Pane[], id: string, change: Partial<Omit<Pane, 'id'>>): Pane[] {
  return panes.map(pane => (pane.id === id ? { ...pane, ...change } : pane))
}

/** What a pane may ask, as far as its parameters depend on it. */
export type Asked = { route: string; engineTest: boolean }

/**
 * The pane asking something else. An engine test knows its answers only when the likeliest token is taken, so its temperature is 0 where
 * the person has not chosen one; a model gets the usual one back.
 */
export function asking(pane: Pane, { route, engineTest }: Asked): Pane {
  const { temperature } = pane.sampling
  const usual = usualSampling.temperature
  if (engineTest && temperature === usual) return { ...pane, route, sampling: { ...pane.sampling, temperature: 0 } }
  if (!engineTest && temperature === 0) return { ...pane, route, sampling: { ...pane.sampling, temperature: usual } }
  return { ...pane, route }
}

/** What the panes of a new comparison ask: each that is ready once, two panes at least. */
export function firstPanes(ready: readonly Asked[]): Pane[] {
  const size = layoutFor(Math.min(4, Math.max(2, ready.length)))
  return Array.from({ length: size }, (_, index) => {
    const asked = ready[index]
    return asked ? asking(newPane(null), asked) : newPane(null)
  })
}

/** 128 random bits in hex. Not randomUUID: a page served to another machine over plain http has none. */
function newId(): string {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}
