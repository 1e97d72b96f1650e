/** Those who watch one thing: each gets a snapshot first, then what happens. */
export type Watchers<Event> = {
  /** Ends when the signal fires, the reader stops, or `end` is called. */
  watch(signal?: AbortSignal): AsyncIterableIterator<Event>
  publish(event: Event): void
  end(): void
  count(): number
}

/** Events kept for a reader that does not come; above it they are dropped and it gets a new snapshot instead. */
const keptEvents = 256

/**
 * @param snapshot builds the event that tells the whole truth now; called when a reader takes its first event and when it was too slow. It may
 * publish what is still pending to the others first.
 * @param onEmpty called when the last reader has left.
 */
export function createWatchers<Event>(snapshot: () => Event, onEmpty: () => void = () => undefined): Watchers<Event> {
  const readers = new Set<{ push(event: Event): void; close(): void }>()

  function watch(signal?: AbortSignal): AsyncIterableIterator<Event> {
    let queue: Event[] = []
    let needsSnapshot = true
    let closed = false
    let wake: ((result: IteratorResult<Event>) => void) | null = null
    const finished: IteratorResult<Event> = { done: true, value: undefined }

    const reader = {
      push(event: Event) {
        if (needsSnapshot) return
        if (wake) {
          const deliver = wake
          wake = null
          deliver({ done: false, value: event })
        } else if (queue.push(event) > keptEvents) {
          queue = []
          needsSnapshot = true
        }
      },
      close() {
        if (closed) return
        closed = true
        signal?.removeEventListener('abort', reader.close)
        readers.delete(reader)
        wake?.(finished)
        if (readers.size === 0) onEmpty()
      },
    }
    readers.add(reader)
    if (signal?.aborted) reader.close()
    else signal?.addEventListener('abort', reader.close)

    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next() {
        if (needsSnapshot && !closed) {
          const value = snapshot()
          needsSnapshot = false
          return Promise.resolve({ done: false, value })
        }
        const value = queue.shift()
        if (value !== undefined) return Promise.resolve({ done: false, value })
        if (closed) return Promise.resolve(finished)
        return new Promise(resolve => (wake = resolve))
      },
      return() {
        queue = []
        reader.close()
        return Promise.resolve(finished)
      },
    }
  }

  return {
    watch,
    publish(event) {
      for (const reader of readers) reader.push(event)
    },
    end() {
      for (const reader of readers) reader.close()
    },
    count: () => readers.size,
  }
}
