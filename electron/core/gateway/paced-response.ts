import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'

/** The client's side of one answer: writes as fast as the client reads, and ends the upstream's side when the client leaves. */
export type PacedResponse = {
  /** The upstream's side, to be paused and resumed; aborted at once when the client has left already. */
  attach(upstream: Dispatcher.DispatchController): void
  send(bytes: Buffer): void
  left(): boolean
  /** To be called once, when the answer is over. */
  release(): void
}

/** A client that reads nothing for `stalledReaderMs` is let go. */
export function pacedResponse(response: ServerResponse, stalledReaderMs: number): PacedResponse {
  let upstream: Dispatcher.DispatchController | null = null
  let left = false
  let stalled: NodeJS.Timeout | undefined

  const onClose = () => {
    if (response.writableFinished) return
    left = true
    upstream?.abort(new Error('The client left.'))
  }
  const onDrain = () => {
    clearTimeout(stalled)
    upstream?.resume()
  }
  response.on('close', onClose).on('drain', onDrain)

  return {
    attach(controller) {
      upstream = controller
      if (response.destroyed) onClose()
    },
    send(bytes) {
      if (bytes.length === 0 || response.write(bytes)) return
      upstream?.pause()
      clearTimeout(stalled)
      stalled = setTimeout(() => response.destroy(), stalledReaderMs)
    },
    left: () => left,
    release() {
      clearTimeout(stalled)
      response.off('close', onClose).off('drain', onDrain)
    },
  }
}
