export type WatchSource<Event> = {
  signal: AbortSignal | undefined
  snapshot(): Event
  subscribe(listener: (event: Event) => void): () => void
}

const MOST_WAITING = 500

/**
 * A stream that opens with a snapshot. Who reads too slowly gets a new snapshot in place of what piled up: the transport
 * has no back-pressure of its own, so the queue is bounded here.
 */
export async function* watch<Event>({ signal, snapshot, subscribe }: WatchSource<Event>): AsyncGenerator<Event> {
  let queue: Event[] = [snapshot()]
  let wake = () => {}
  const unsubscribe = subscribe(event => {
    if (queue.length >= MOST_WAITING) queue = [snapshot()]
    else queue.push(event)
    wake()
  })
  const stop = () => wake()
  signal?.addEventListener('abort', stop)
  try {
    while (signal?.aborted !== true) {
      const waiting = queue
      queue = []
      yield* waiting
      if (queue.length === 0 && !isAborted(signal)) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    unsubscribe()
    signal?.removeEventListener('abort', stop)
  }
}

/** Read afresh: the signal may have fired while the consumer held the generator. */
const isAborted = (signal: AbortSignal | undefined) => signal?.aborted === true
