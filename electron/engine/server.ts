import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { ApiError, badRequest, stillLoading } from './api-error'
import { answer } from './answer'
import type { Engine } from './load'
import type { EngineOptions } from './options'
import { readChatRequest, readCompletionRequest } from './requests'

/** What the server knows of the load: the engine once it is there, and how far it is until then. */
export type LoadState = { engine: Engine | null; progress: number }

export type ServerDeps = {
  options: EngineOptions
  /** Null lets everybody in; the host always gives one. */
  key: string | null
  state: LoadState
  log(line: string): void
  /** Fires when the process is to end: every open answer is broken off. */
  stopping: AbortSignal
}

const bodyBytesMax = 64 * 1024 * 1024
const threadsSchema = z.object({ threads: z.int().min(1).max(1024) })

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** OpenAI's API over one engine. `/health` answers without a key, everything else asks for it. */
export function createEngineServer(deps: ServerDeps) {
  const { options, state } = deps
  const routes: Readonly<Record<string, Handler>> = {
    'GET /health': async (_request, response) => {
      ready(state)
      sendJson(response, 200, { status: 'ok' })
      await Promise.resolve()
    },
    'GET /v1/models': async (_request, response) => {
      sendJson(response, 200, { object: 'list', data: [modelRow(options, ready(state))] })
      await Promise.resolve()
    },
    'POST /v1/chat/completions': async (request, response) => {
      await answer({ ...deps, engine: ready(state), request: readChatRequest(await readJson(request)), response })
    },
    'POST /v1/completions': async (request, response) => {
      await answer({ ...deps, engine: ready(state), request: readCompletionRequest(await readJson(request)), response })
    },
    'GET /engine/status': async (_request, response) => {
      sendJson(response, 200, await status(options, ready(state)))
    },
    'POST /engine/threads': async (request, response) => {
      const { llama } = ready(state)
      const parsed = threadsSchema.safeParse(await readJson(request))
      if (!parsed.success) throw badRequest("'threads' must be a whole number from 1 to 1024", 'threads')
      llama.maxThreads = parsed.data.threads
      deps.log(`threads: ${parsed.data.threads}`)
      sendJson(response, 200, { threads: llama.maxThreads })
    },
  }
  const isAllowed = keyCheck(deps.key)
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  // Answers may take as long as the model needs.
  server.requestTimeout = 0
  return server

  async function handle(request: IncomingMessage, response: ServerResponse) {
    try {
      const path = new URL(request.url ?? '/', 'http://engine').pathname
      if (path !== '/health' && !isAllowed(request.headers.authorization)) {
        throw new ApiError(401, 'the key is missing or wrong', { type: 'authentication_error', code: 'invalid_api_key' })
      }
      const handler = routes[`${request.method ?? 'GET'} ${path}`]
      if (!handler) throw new ApiError(404, `there is nothing at ${request.method ?? ''} ${path}`, { type: 'not_found_error' })
      await handler(request, response)
    } catch (error) {
      fail(response, error)
    }
  }

  function fail(response: ServerResponse, error: unknown) {
    if (!(error instanceof ApiError))
      deps.log(`warn: a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    const known = error instanceof ApiError ? error : new ApiError(500, messageOf(error), { type: 'server_error' })
    if (response.headersSent) response.destroy()
    else sendJson(response, known.status, known.body)
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function ready({ engine, progress }: LoadState): Engine {
  if (!engine) throw stillLoading(progress)
  return engine
}

function keyCheck(key: string | null): (header: string | undefined) => boolean {
  if (key === null) return () => true
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const wanted = hash(`Bearer ${key}`)
  return header => header !== undefined && timingSafeEqual(hash(header), wanted)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new ApiError(413, `the body is larger than ${bodyBytesMax} bytes`, { type: 'invalid_request_error' })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw badRequest(`the body is not JSON: ${messageOf(cause)}`)
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

const modelRow = (options: EngineOptions, { model }: Engine) => ({
  id: options.alias,
  object: 'model',
  created: 0,
  owned_by: 'roundhouse',
  meta: { n_ctx: options.contextTokens, n_ctx_train: model.trainContextSize, n_embd: model.embeddingVectorSize, size: model.size },
})

async function status(options: EngineOptions, engine: Engine) {
  return {
    threads: engine.llama.maxThreads,
    slots: engine.slots.count(),
    contextTokens: options.contextTokens,
    layers: engine.layers,
    gpu: engine.llama.gpu,
    memory: await engine.memory(),
    llamaCppRelease: engine.llama.llamaCppRelease.release,
  }
}
