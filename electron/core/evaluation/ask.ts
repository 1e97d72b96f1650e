import type { Dispatcher } from 'undici'
import type { GenerationStats } from '../../contract/compare'
import type { Clock } from '../lib/clock'
import { createChatReader, type ChatPiece } from './chat-events'
import { createMeter } from './meter'

export type AskOptions = {
  dispatcher: Dispatcher
  clock: Clock
  /** Ends in /v1. */
  address: string
  key: string
  body: Readonly<Record<string, unknown>>
  signal: AbortSignal
  /** The instance that answers, as the gateway names it. */
  onHead(instanceId: string | null): void
  onPiece(piece: { text: string; reasoning: string; stats: GenerationStats }): void
}

export type AskEnd = { kind: 'done' | 'stopped' | 'failed'; error: string | null; stats: GenerationStats }

/** Answers of other kinds than a stream are read up to this size. */
const plainBytes = 256 * 1024

/**
 * Asks for one streamed chat and measures it: every chunk is stamped when it is read from the socket, before anything is parsed. Only an answer
 * that came to its end is `done`; one that was cut is `failed`. Never throws.
 */
export function ask(options: AskOptions): Promise<AskEnd> {
  const { clock, signal } = options
  const url = new URL(`${options.address}/chat/completions`)
  const meter = createMeter(clock.monotonicMs())
  const reader = createChatReader()
  let status = 0
  let plain = Buffer.alloc(0)
  let said: string | null = null
  let isComplete = false

  function take(piece: ChatPiece, atMs: number) {
    meter.piece(piece, atMs)
    said ??= piece.error
    isComplete ||= piece.done || piece.finish !== null
    if (piece.text !== '' || piece.reasoning !== '')
      options.onPiece({ text: piece.text, reasoning: piece.reasoning, stats: meter.stats(atMs) })
  }

  return new Promise(resolve => {
    let controller: Dispatcher.DispatchController | null = null
    const stop = () => controller?.abort(new Error('stopped'))
    const end = (kind: AskEnd['kind'], error: string | null) => {
      signal.removeEventListener('abort', stop)
      resolve({ kind: signal.aborted ? 'stopped' : kind, error: signal.aborted ? null : error, stats: meter.stats(clock.monotonicMs()) })
    }
    signal.addEventListener('abort', stop)
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) stop()
      },
      onResponseStart(_, code, headers) {
        status = code
        const instance = headers['x-roundhouse-instance']
        options.onHead(typeof instance === 'string' ? instance : null)
      },
      onResponseData(_, chunk) {
        const atMs = clock.monotonicMs()
        if (status === 200) take(reader.feed(chunk), atMs)
        else if (plain.length < plainBytes) plain = Buffer.concat([plain, chunk])
      },
      onResponseEnd() {
        if (status === 200) take(reader.end(), clock.monotonicMs())
        const error = status === 200 ? (said ?? (isComplete ? null : brokeOff)) : refusalOf(status, plain.toString('utf8'))
        end(error === null ? 'done' : 'failed', error)
      },
      onResponseError() {
        end('failed', said ?? (status === 0 ? 'The gateway did not answer.' : brokeOff))
      },
    }
    const headers = { authorization: `Bearer ${options.key}`, 'content-type': 'application/json', accept: 'text/event-stream' }
    const request = { origin: url.origin, path: url.pathname, method: 'POST' as const, headers, body: JSON.stringify(options.body) }
    try {
      // The gateway has its own limits for a runtime that is silent.
      options.dispatcher.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, handler)
    } catch {
      end('failed', 'The gateway could not be asked.')
    }
  })
}

const brokeOff = 'The answer broke off before it was complete.'

/** The gateway's own words, with what they mean for a person who only sees a pane. */
function refusalOf(status: number, body: string): string {
  let message = `it answered ${status}`
  try {
    const parsed: unknown = JSON.parse(body)
    const error: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'error') : null
    const words: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : null
    if (typeof words === 'string') message = words
  } catch {
    // not JSON: the status has to do
  }
  if (status === 404) return `The model of this pane is not running any more. ${message}`
  if (status === 503) return `The model is not ready. ${message}`
  return message
}
