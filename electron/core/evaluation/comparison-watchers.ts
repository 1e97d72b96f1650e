import type { ComparisonEvent } from '../../contract/compare'
import { createWatchers, type Watchers } from './watchers'

/** The windows that look at a comparison, by its id. */
export type ComparisonWatchers = {
  watch(id: string, signal?: AbortSignal): AsyncIterableIterator<ComparisonEvent>
  publish(id: string, event: ComparisonEvent): void
  end(id: string): void
  endAll(): void
}

/** @param snapshot the whole comparison now; tells pending changes to those who watch already before it reads. */
export function createComparisonWatchers(snapshot: (id: string) => ComparisonEvent): ComparisonWatchers {
  const byId = new Map<string, Watchers<ComparisonEvent>>()
  return {
    watch(id, signal) {
      const watchers =
        byId.get(id) ??
        createWatchers(
          () => snapshot(id),
          () => byId.delete(id),
        )
      byId.set(id, watchers)
      return watchers.watch(signal)
    },
    publish: (id, event) => byId.get(id)?.publish(event),
    end: id => byId.get(id)?.end(),
    endAll() {
      for (const watchers of [...byId.values()]) watchers.end()
    },
  }
}
