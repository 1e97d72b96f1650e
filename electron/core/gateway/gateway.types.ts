import type { GatewayStatus, Route } from '../../contract/gateway'
import type { Clock } from '../lib/clock'
import type { Keys } from './keys'

/** A server that answers for a route. */
export type Upstream = {
  instanceId: string
  /** Runtime id, for `x-roundhouse-runtime`. */
  runtime: string
  /** Base address: `http://127.0.0.1:8101`, `https://host/prefix`, `unix:/path/to/socket`; a trailing `/v1` is understood. */
  address: string
  /** Sent with every request, such as the key of this start. */
  headers: Readonly<Record<string, string>>
  /** Name that the runtime knows the model by. */
  upstreamModel: string
  /** Length of its context, for one that would compute prompts of any length; absent when it refuses what is longer. */
  contextTokens?: number
  /** Why it reads no images, a sentence; absent where it does, or where that is not known. */
  withoutImages?: string
  /** Only for a runtime that does not conform: makes its streamed bytes OpenAI's. */
  transform?: () => StreamTransform
}

export type StreamTransform = { write(chunk: Buffer): Buffer; end(): Buffer }

export type Resolution =
  { kind: 'ready'; upstream: Upstream } | { kind: 'not-ready'; retryAfterSeconds: number; why?: string } | { kind: 'unknown' }

/** Which model names exist and who answers for them; asked once per request, so it must be quick. */
export type RouteTable = { resolve(model: string): Resolution; list(): readonly Route[] }

export type GatewayLimits = {
  bodyBytes: number
  jsonDepth: number
  connections: number
  inFlight: number
  /** Time for a request's headers, and for all of the request. */
  headersMs: number
  requestMs: number
  /** How often these two are looked after; Node's own default of 30 s lets slow clients stay. */
  checkEveryMs: number
  /** A client that reads nothing for so long is let go. */
  stalledReaderMs: number
  upstreamConnectMs: number
  /** A prompt of many thousand tokens on a CPU takes minutes before the first byte. */
  upstreamFirstByteMs: number
  upstreamGapMs: number
  /** Wrong keys in the last minute before answers to wrong keys are delayed, and by how much at most. */
  wrongKeysBeforeDelay: number
  wrongKeyDelayMs: number
}

export const defaultLimits: GatewayLimits = {
  bodyBytes: 32 * 1024 * 1024,
  jsonDepth: 64,
  connections: 512,
  inFlight: 256,
  headersMs: 10_000,
  requestMs: 60_000,
  checkEveryMs: 1_000,
  stalledReaderMs: 60_000,
  upstreamConnectMs: 5_000,
  upstreamFirstByteMs: 15 * 60_000,
  upstreamGapMs: 5 * 60_000,
  wrongKeysBeforeDelay: 20,
  wrongKeyDelayMs: 1_000,
}

export type GatewayOptions = {
  /** Wanted port; the next free one is taken when it is not free, 0 takes any. */
  port: number
  /** Address to bind; loopback binds IPv6's as well where there is one. */
  host?: string
  routes: RouteTable
  keys: Keys
  clock?: Clock
  /** Origins of web pages that may ask; none by default. */
  allowedOrigins?: readonly string[]
  /** Further names (without port) by which this machine may be asked, when `host` is not loopback. */
  allowedHosts?: readonly string[]
  limits?: Partial<GatewayLimits>
}

/** `done`: complete. `client-left`: aborted by the client. `broke`: the upstream failed. `refused`: never reached a runtime. */
export type Outcome = 'done' | 'client-left' | 'broke' | 'refused'

/** What the byte path saw of one request; no prompt, no answer, no key. Times in ms of the gateway's clock; null = not seen. */
export type RequestRecord = {
  requestId: string
  endpoint: string
  caller: string | null
  route: string | null
  instanceId: string | null
  runtime: string | null
  status: number
  outcome: Outcome
  startedAt: string
  /** From the complete request to the first chunk with content. */
  ttftMs: number | null
  /** Mean between tokens: (last chunk - first content) / (tokens - 1). */
  itlMs: number | null
  longestGapMs: number | null
  totalMs: number
  /** From the runtime's usage; null when it gave none. */
  promptTokens: number | null
  outputTokens: number | null
  chunks: number
  bytes: number
}

export type Gateway = {
  /** @throws Failure `port-taken` when no port can be bound. */
  listen(): Promise<{ port: number; note: string | null }>
  /** Stops accepting, lets running requests end within `graceMs` (0: none), then closes. */
  close(options?: { graceMs?: number }): Promise<void>
  status(): GatewayStatus
  /** Told at most every 100 ms after a change of `status()`. */
  subscribe(listener: (status: GatewayStatus) => void): () => void
  /** To be called when the route table has changed, so that watchers hear of it. */
  routesChanged(): void
  /** Told once per request, when it is over. */
  onRequest(listener: (record: RequestRecord) => void): () => void
  /** Requests that an instance is answering now; without an id, all of them. */
  inFlight(instanceId?: string): number
}
