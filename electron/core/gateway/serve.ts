import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../lib/clock'
import { admit, type Admission, type AdmissionRules } from './admission'
import { answerJson, refuse, refuseWhileSending, type Refusal } from './answer'
import { forward } from './forward'
import type { GatewayLimits, Outcome, RequestRecord, RouteTable, Upstream } from './gateway.types'
import { modelText, modelsText } from './model-list'
import { refusalOfImages } from './images'
import { refusalOfLength } from './prompt-length'
import { parseBody, type RequestBody } from './request-body'
import { readBody } from './read-body'
import { createTap } from './tap'
import type { Throttle } from './throttle'
import type { Upstreams } from './upstreams'

export type ServeContext = {
  routes: RouteTable
  upstreams: Upstreams
  limits: GatewayLimits
  clock: Clock
  throttle: Throttle
  rules: () => AdmissionRules
  load: { enter(instanceId: string): void; leave(instanceId: string): void; total(): number; isClosing(): boolean }
  record(record: RequestRecord): void
}

type Served = Pick<RequestRecord, 'requestId' | 'endpoint' | 'caller'>

/** Answers one request from its head to its last byte; never throws. */
export async function serve(context: ServeContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = `req_${randomUUID()}`
  response.setHeader('x-request-id', requestId)
  const head = { method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders }
  const rules = context.rules()
  allowOrigin(request, response, rules)
  if (isPreflight(request, response)) return
  const admission = admit(head, rules)
  if ('refusal' in admission) {
    if (admission.refusal.status === 401) await wait(context.throttle.wrongKey())
    refuseWhileSending(request, response, admission.refusal)
    return
  }
  if (request.method === 'GET') answerGet(context, admission, response)
  else
    await answerPost(context, {
      request,
      response,
      admission,
      served: { requestId, endpoint: admission.endpoint, caller: admission.caller?.name ?? null },
    })
}

function allowOrigin(request: IncomingMessage, response: ServerResponse, rules: AdmissionRules) {
  const origin = request.headers.origin
  if (origin === undefined || !rules.origins.has(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', 'x-roundhouse-instance, x-roundhouse-runtime, x-request-id')
  response.setHeader('vary', 'origin')
}

/** A browser's question whether an allowed origin may ask; without the header set above it falls through and is refused. */
function isPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'OPTIONS' || !response.hasHeader('access-control-allow-origin')) return false
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, x-api-key, api-key, content-type',
    'access-control-max-age': '600',
  })
  response.end()
  return true
}

function answerGet({ routes }: ServeContext, admission: Admission, response: ServerResponse) {
  if (admission.endpoint === 'health') {
    answerJson(response, 200, '{"status":"ok"}')
    return
  }
  const allowed = allowedRoutes(routes, admission)
  if (admission.model === null) {
    answerJson(response, 200, modelsText(allowed))
    return
  }
  const route = allowed.find(each => each.name === admission.model)
  if (route) answerJson(response, 200, modelText(route))
  else refuse(response, unknownModel(admission.model, allowed))
}

type Post = { request: IncomingMessage; response: ServerResponse; admission: Admission; served: Served }

async function answerPost(context: ServeContext, post: Post) {
  const { request, response } = post
  const { limits, load } = context
  const overload = load.isClosing() ? closing : load.total() >= limits.inFlight ? tooMany : null
  if (overload) {
    refuseWhileSending(request, response, overload)
    return
  }
  const bytes = await readBody(request, limits.bodyBytes)
  if (bytes === 'left') return
  if (bytes === 'too-large') {
    const message = `The body is larger than ${Math.round(limits.bodyBytes / 1024 / 1024)} MiB.`
    refuseWhileSending(request, response, { status: 413, code: 'body_too_large', message })
    return
  }
  const body = parseBody(bytes, post.admission.endpoint, limits.jsonDepth)
  if ('refusal' in body) refuse(response, body.refusal)
  else await answerWith(context, post, body)
}

/** Forwards to the instance that the table names; asks the table once more when that one could not be reached at all. */
async function answerWith(context: ServeContext, post: Post, body: RequestBody) {
  const { response, admission, served } = post
  const tap = createTap(context.clock)
  const exchange = { response, requestId: served.requestId, endpoint: admission.endpoint, stream: body.stream, tap, limits: context.limits }
  let upstream: Upstream | null = null
  const finish = (outcome: Outcome) => {
    const { instanceId = null, runtime = null } = upstream ?? {}
    const figures = tap.figures()
    const startedAt = new Date(Date.parse(context.clock.wall()) - figures.totalMs).toISOString()
    context.record({ ...served, startedAt, route: body.model, instanceId, runtime, outcome, status: response.statusCode, ...figures })
  }
  for (let attempt = 1; ; attempt += 1) {
    const found = mayUse(admission, body.model) ? resolve(context, admission, body) : { refusal: notForThisKey(body.model) }
    if ('refusal' in found) {
      refuse(response, found.refusal)
      finish('refused')
      return
    }
    upstream = found.upstream
    response.setHeader('x-roundhouse-instance', upstream.instanceId)
    response.setHeader('x-roundhouse-runtime', upstream.runtime)
    const sentMs = context.clock.monotonicMs()
    context.load.enter(upstream.instanceId)
    const end = await forward({ ...exchange, body: body.withModel(upstream.upstreamModel) }, upstream, context.upstreams)
    context.load.leave(upstream.instanceId)
    if (end.outcome !== 'unreached') {
      finish(end.outcome)
      return
    }
    const mayRetry =
      attempt === 1 &&
      wasNotHeard(end.error, { elapsedMs: context.clock.monotonicMs() - sentMs, kept: context.upstreams.wasKept(end.error) })
    if (mayRetry) continue
    refuse(response, { status: 502, code: 'upstream_failed', message: `${upstream.instanceId} did not answer: ${plain(end.error)}.` })
    finish('broke')
    return
  }
}

function resolve(
  { routes }: ServeContext,
  admission: Admission,
  { model, promptLength, hasImages }: RequestBody,
): { upstream: Upstream } | { refusal: Refusal } {
  const found = routes.resolve(model)
  if (found.kind === 'ready') {
    const { contextTokens, withoutImages } = found.upstream
    const refusal = refusalOfLength(promptLength, contextTokens) ?? refusalOfImages(hasImages, withoutImages)
    return refusal ? { refusal } : found
  }
  if (found.kind === 'unknown') return { refusal: unknownModel(model, allowedRoutes(routes, admission)) }
  const message = found.why ?? `${model} is not ready yet. Try again in ${found.retryAfterSeconds} s.`
  return { refusal: { status: 503, code: 'not_ready', message, headers: { 'retry-after': String(Math.ceil(found.retryAfterSeconds)) } } }
}

const closing: Refusal = { status: 503, code: 'closing', message: 'Roundhouse is closing.', headers: { connection: 'close' } }
const tooMany: Refusal = { status: 429, code: 'too_many_requests', message: 'Too many requests at once.', headers: { 'retry-after': '1' } }

function mayUse({ caller }: Admission, route: string): boolean {
  return caller !== null && (caller.routes === null || caller.routes.includes(route))
}

function notForThisKey(model: string): Refusal {
  return { status: 403, code: 'key_not_for_model', message: `This key is not for ${model}.`, param: 'model' }
}

/** What a key may not use it is not told of either. */
const allowedRoutes = (routes: RouteTable, admission: Admission) => routes.list().filter(route => mayUse(admission, route.name))

function unknownModel(model: string, allowed: ReturnType<RouteTable['list']>): Refusal {
  const names = allowed.map(route => route.name)
  const there = names.length > 0 ? `There is ${names.join(', ')}.` : 'None is running: start one in Roundhouse.'
  return { status: 404, code: 'model_not_found', message: `There is no model ${model.slice(0, 200)}. ${there}`, param: 'model' }
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

/**
 * True when the request cannot have been worked on: the connection was refused, or a kept one was closed just as we sent (within moments).
 * Only then is it sent again: on a fresh connection the request itself may be what ended the runtime.
 */
function wasNotHeard(error: Error, { elapsedMs, kept }: { elapsedMs: number; kept: boolean }): boolean {
  if (['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))) return true
  return kept && elapsedMs < 250 && ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

function plain(error: Error): string {
  const code = codeOf(error)
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'nothing listens there'
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'it took too long'
  return 'it broke off before the first byte'
}
