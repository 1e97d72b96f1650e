export type EventBus<Event> = {
  emit(event: Event): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: Event) => void): () => void
}

/** Tells every subscriber, in order of subscription; a listener that throws stops nobody else. */
export function createEventBus<Event>(onListenerError: (error: unknown) => void = rethrowLater): EventBus<Event> {
  const listeners = new Set<(event: Event) => void>()
  return {
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function rethrowLater(error: unknown) {
  queueMicrotask(() => {
    throw error
  })
}
