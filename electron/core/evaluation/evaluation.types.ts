import type { Dispatcher } from 'undici'
import type { Comparison, ComparisonEvent, ComparisonSummary, Pane, Turn } from '../../contract/compare'
import type { Clock } from '../lib/clock'
import type { Store } from '../store/store.types'

export type RouteDescription = { instanceId: string; runtimeTitle: string; modelTitle: string; engineTest: boolean; startedHere: boolean }

export type ComparisonsDependencies = {
  store: Pick<Store, 'database'>
  /** Ends in /v1; null while the gateway is not up. */
  gatewayAddress(): string | null
  key(): string
  /** What answers for a route now; null when nothing does. */
  describe(route: string): RouteDescription | null
  dispatcher: Dispatcher
  clock?: Clock
  /** Told when something could not be stored; the answer goes on. */
  report?: (error: unknown) => void
}

export type Comparisons = {
  list(): ComparisonSummary[]
  create(input: { panes: readonly Pane[] }): Comparison
  /** With what is being written at this moment. */
  get(id: string): Comparison
  /** Opens with a snapshot; deltas are coalesced; a slow reader gets a new snapshot. */
  watch(id: string, signal?: AbortSignal): AsyncIterableIterator<ComparisonEvent>
  rename(id: string, title: string): void
  setPanes(id: string, panes: readonly Pane[]): void
  remove(id: string): void
  /** Asks every pane that has a route; the answers go on by themselves. */
  run(input: { id: string; prompt: string; mode: Turn['mode'] }): { turnId: string }
  /** Asks one pane again in the last turn; the new answer takes the place of the old one. */
  regenerate(input: { id: string; paneId: string }): void
  /** Their text is kept. */
  stop(input: { id: string; generationId: string | null }): void
  /** Answers being written now, in all comparisons. */
  running(): number
  /** Ends what runs as `interrupted`, keeping its text. */
  close(): Promise<void>
}
