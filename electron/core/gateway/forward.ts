import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { errorText, refuse } from './answer'
import { createEventHold } from './event-hold'
import type { GatewayLimits, Outcome, Upstream } from './gateway.types'
import { pacedResponse } from './paced-response'
import type { Tap } from './tap'
import { refusalOfUpstream } from './upstream-error'
import type { Upstreams } from './upstreams'

export type Exchange = {
  response: ServerResponse
  requestId: string
  /** Path behind `/v1/`. */
  endpoint: string
  body: Buffer
  stream: boolean
  tap: Tap
  limits: Pick<GatewayLimits, 'stalledReaderMs'>
}

/** `unreached`: nothing has come back yet and the client knows nothing, so the caller decides whether to try again. */
export type ForwardEnd = { outcome: Outcome } | { outcome: 'unreached'; error: Error }

type Headers = Record<string, string | string[] | undefined>

/** Error bodies are read up to this size, to be given the right shape. */
const errorBodyBytes = 256 * 1024
/** Of a runtime's answer only these reach the client: no CORS of its own, no cookies. */
const passedHeaders = ['content-type', 'cache-control', 'content-length', 'content-encoding', 'retry-after']

/**
 * Sends one request to an upstream and its answer to the client, bytes as they come. Reading stops while the client does not read; the client
 * leaving aborts the upstream at once. An answer that breaks after its first byte ends with an error event and without `[DONE]`.
 */
export function forward(exchange: Exchange, upstream: Upstream, upstreams: Upstreams): Promise<ForwardEnd> {
  return new Promise(resolve => {
    try {
      const { pool, prefix } = upstreams.of(upstream)
      const headers = {
        accept: exchange.stream ? 'text/event-stream' : 'application/json',
        'content-type': 'application/json',
        'x-request-id': exchange.requestId,
        ...upstream.headers,
      }
      const path = `${prefix}/v1/${exchange.endpoint}`
      pool.dispatch({ path, method: 'POST', headers, body: exchange.body }, createHandler(exchange, upstream, resolve))
    } catch (error) {
      // An address or a header that no request can be made with.
      resolve({ outcome: 'unreached', error: error instanceof Error ? error : new Error(String(error)) })
    }
  })
}

function createHandler(exchange: Exchange, upstream: Upstream, settle: (end: ForwardEnd) => void): Dispatcher.DispatchHandler {
  const { response, tap } = exchange
  const client = pacedResponse(response, exchange.limits.stalledReaderMs)
  const failure: { status: number; retryAfter: string | undefined; body: Buffer } = {
    status: 0,
    retryAfter: undefined,
    body: Buffer.alloc(0),
  }
  const hold = createEventHold()
  const transform = upstream.transform?.()
  let begun: 'events' | 'plain' | null = null
  let hasSent = false

  const end = (result: ForwardEnd) => {
    client.release()
    settle(client.left() ? { outcome: 'client-left' } : result)
  }
  const pass = (bytes: Buffer) => {
    if (bytes.length === 0) return
    hasSent = true
    tap.chunk(bytes)
    client.send(begun === 'events' ? hold.pass(bytes) : bytes)
  }
  /** Its own error, whole or as far as it came: the request was worked on, and is not sent again. */
  const refused = () => {
    refuse(response, refusalOfUpstream(failure.status, failure.body.toString('utf8'), failure.retryAfter))
    end({ outcome: 'refused' })
  }
  const breakOff = (message: string) => {
    if (begun === 'events') response.end(`data: ${errorText({ status: 502, code: 'upstream_broke', message })}\n\n`)
    else response.destroy()
    end({ outcome: 'broke' })
  }

  return {
    onRequestStart: controller => client.attach(controller),
    onResponseStart(_, status, headers) {
      if (status < 200) return
      if (status >= 300) {
        failure.status = status
        failure.retryAfter = headerOf(headers, 'retry-after')
        return
      }
      begun = headerOf(headers, 'content-type')?.startsWith('text/event-stream') ? 'events' : 'plain'
      response.writeHead(status, headersFor(headers, begun === 'events' || transform !== undefined))
      // Head and first token in one packet when both are here; otherwise the head must not wait for the first token.
      setImmediate(() => {
        if (!hasSent && !response.destroyed) response.flushHeaders()
      })
    },
    onResponseData(_, chunk) {
      if (begun !== null) pass(transform ? transform.write(chunk) : chunk)
      else if (failure.body.length < errorBodyBytes) failure.body = Buffer.concat([failure.body, chunk])
    },
    onResponseEnd() {
      if (begun === null) {
        refused()
        return
      }
      if (transform) pass(transform.end())
      if (begun === 'events' && !isComplete(tap.tail())) {
        breakOff('The runtime ended its answer before it was complete.')
        return
      }
      response.end(hold.rest())
      end({ outcome: 'done' })
    },
    onResponseError(_, error) {
      if (client.left() || begun !== null) breakOff('The runtime broke off in the middle of its answer.')
      else if (failure.status !== 0) refused()
      else end({ outcome: 'unreached', error })
    },
  }
}

/** A stream is complete with `[DONE]`, or at least a reason why it finished; without either it was cut, however politely. */
function isComplete(tail: string): boolean {
  return /^data: ?\[DONE\]/m.test(tail) || /"finish_reason"\s*:\s*"/.test(tail)
}

function headersFor(upstream: Headers, isRewritten: boolean): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of passedHeaders) {
    const value = headerOf(upstream, name)
    if (value !== undefined && !(isRewritten && name === 'content-length')) headers[name] = value
  }
  return headers
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}
