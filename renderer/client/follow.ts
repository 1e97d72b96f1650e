import { isFinal } from './failure'

const firstDelayMs = 300
const longestDelayMs = 5_000

interface Options<Event> {
  /** Opens the stream; it begins with a snapshot, so opening it again heals the store. */
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>
  /** Puts one event into the store. */
  apply: (event: Event) => void
  signal: AbortSignal
  /** The host refused (not found, bad input): the stream is not opened again. */
  onRefused?: (error: unknown) => void
}

/** Runs a stream of the host into a store until the signal ends it; opens it again when it breaks. Never rejects. */
export async function follow<Event>({ open, apply, signal, onRefused }: Options<Event>): Promise<void> {
  let delayMs = firstDelayMs
  while (!signal.aborted) {
    try {
      for await (const event of await open(signal)) {
        delayMs = firstDelayMs
        apply(event)
      }
    } catch (error) {
      if (isFinal(error)) {
        onRefused?.(error)
        return
      }
    }
    await pause(delayMs, signal)
    delayMs = Math.min(longestDelayMs, delayMs * 2)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish, { once: true })
  })
}
