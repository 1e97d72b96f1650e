import type { ClientContext, ClientLink } from '@orpc/client'

/** What carries calls; no call context is used anywhere. */
export type Link = ClientLink<ClientContext>

/** One open way to the host: calls go through `link`, `closed` settles when it is gone. */
export interface Wire {
  link: Link
  closed: Promise<void>
}

/** Opens a wire or rejects; called again after each loss. */
export type Dial = () => Promise<Wire>

/** `gone`: no host has answered for some seconds. `locked`: a host answers that does not know this window. */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'gone' | 'locked'

/** A dial rejects with it where a host answers and lets nobody in without a new link. */
export class NotLetIn extends Error {}

const firstDelayMs = 200
const longestDelayMs = 4_000
/** A host that is only started again is back within it; after it, waiting alone is no answer. */
const goneAfterMs = 5_000

interface Options {
  /** Waits between two attempts. */
  wait: (ms: number) => Promise<void>
  onState: (state: ConnectionState) => void
}

/**
 * A link that outlives its wires. A call made while there is none waits for the next; a call that was under way when the wire
 * broke rejects, and its caller decides (streams are opened again by `follow`, actions are told to the person).
 */
export function createLastingLink({ wait, onState }: Options) {
  let wire: Promise<Wire> = new Promise(() => undefined)
  let announce: (next: Wire) => void = () => undefined
  const expectNext = () => {
    wire = new Promise(resolve => (announce = resolve))
  }
  expectNext()

  const link: Link = {
    async call(path, input, options) {
      const { link: current } = await orAborted(wire, options.signal)
      return current.call(path, input, options)
    },
  }

  /** Dials until the signal ends it, also while the host is gone: whenever it comes back, the window goes on. */
  async function run(dial: Dial, signal: AbortSignal): Promise<void> {
    let delayMs = firstDelayMs
    let waitedMs = 0
    const again = async (lockedOut: boolean) => {
      if (signal.aborted) return
      onState(lockedOut ? 'locked' : waitedMs >= goneAfterMs ? 'gone' : 'reconnecting')
      await wait(delayMs)
      waitedMs += delayMs
      delayMs = Math.min(longestDelayMs, delayMs * 2)
    }
    onState('connecting')
    while (!signal.aborted) {
      const next = await dial().catch((error: unknown) => error instanceof NotLetIn)
      if (typeof next === 'object') {
        delayMs = firstDelayMs
        waitedMs = 0
        announce(next)
        onState('connected')
        await orAborted(next.closed, signal).catch(() => undefined)
        expectNext()
      }
      await again(next === true)
    }
  }
  return { link, run }
}

function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException('The call was given up.', 'AbortError'))
    if (signal.aborted) {
      abort()
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
