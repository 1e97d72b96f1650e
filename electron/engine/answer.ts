import type { ServerResponse } from 'node:http'
import { ApiError, contextExceeded } from './api-error'
import { promptFromMessages, promptFromText, type Prompt } from './chat-template'
import { generate, type Counted, type Outcome } from './generate'
import type { Engine } from './load'
import type { EngineOptions } from './options'
import { finishChunk, replyHead, roleChunk, textChunk, timings, usageChunk, wholeReply, type ReplyHead } from './replies'
import type { EngineRequest } from './requests'
import type { Part } from './text-stream'

export type AnswerInput = {
  options: EngineOptions
  engine: Engine
  request: EngineRequest
  response: ServerResponse
  log(line: string): void
  stopping: AbortSignal
}

/** Nothing was sent for this long: a comment keeps proxies and clients from giving up while a request waits or loads. */
const keepAliveMs = 15_000

/** Serves one request: waits for a slot, generates, and frees the slot at once when the client goes away. */
export async function answer(input: AnswerInput): Promise<void> {
  const { options, engine, request, response } = input
  const arrived = performance.now()
  if (request.model !== null && request.model !== options.alias) {
    throw new ApiError(404, `the model '${request.model}' is not here; '${options.alias}' is`, {
      type: 'not_found_error',
      param: 'model',
      code: 'model_not_found',
    })
  }
  const prompt = promptOf(engine, request)
  if (prompt.tokens.length >= options.contextTokens) throw contextExceeded(prompt.tokens.length, options.contextTokens)
  const gone = new AbortController()
  const leave = () => gone.abort(new Error('the client went away'))
  response.once('close', leave)
  const signal = AbortSignal.any([gone.signal, input.stopping])
  const head = replyHead(request.kind, options.alias, Date.now())
  const reply = request.stream ? streamReply(head, input) : wholeReplyWriter(head, response)
  try {
    const slot = await engine.slots.acquire(prompt.tokens, signal)
    try {
      const outcome = await generate({
        engine,
        sequence: slot.sequence,
        prompt,
        request,
        contextTokens: options.contextTokens,
        signal,
        onFirstToken: reply.first,
        onText: reply.text,
      })
      reply.end(outcome)
      input.log(summary(slot.index, outcome, performance.now() - arrived))
    } finally {
      engine.slots.release(slot)
    }
  } catch (error) {
    if (gone.signal.aborted) input.log('request: the client went away')
    else reply.fail(error, input.stopping.aborted)
  } finally {
    response.off('close', leave)
    reply.dispose()
  }
}

function promptOf({ model, template }: Engine, request: EngineRequest): Prompt {
  return request.kind === 'chat' ? promptFromMessages(model, template, request.messages) : promptFromText(model, request.prompt)
}

/** One line per request, without a word of what was asked or answered. */
function summary(slot: number, outcome: Outcome, totalMs: number): string {
  const { cache_n, prompt_n, prompt_ms, predicted_n, predicted_per_second } = timings(outcome)
  const speed = predicted_per_second === null ? '' : ` at ${predicted_per_second.toFixed(1)} tok/s`
  return `request: slot ${slot}, ${prompt_n} prompt tokens read in ${prompt_ms.toFixed(0)} ms (${cache_n} known), ${predicted_n} generated${speed}, ${outcome.finish}, ${totalMs.toFixed(0)} ms in all`
}

type Reply = {
  first(): void
  text(part: Part, soFar: Counted): void | Promise<void>
  end(outcome: Outcome): void
  fail(error: unknown, stopping: boolean): void
  dispose(): void
}

function streamReply(head: ReplyHead, { request, response }: AnswerInput): Reply {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', connection: 'keep-alive' })
  // Node sends headers with the first body byte only, and that may be a long prompt away.
  response.flushHeaders()
  const keepAlive = setInterval(() => response.write(': waiting\n\n'), keepAliveMs)
  const event = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\n\n`)
  return {
    first: () => {
      clearInterval(keepAlive)
      if (head.kind === 'chat') event(roleChunk(head))
    },
    async text(part, soFar) {
      // A client that reads slowly slows its own answer, and takes no memory.
      if (!event(textChunk(head, part, request.continuousUsage ? soFar : null)) && !response.closed) await takenOrGone(response)
    },
    end: outcome => {
      event(finishChunk(head, outcome))
      if (request.includeUsage) event(usageChunk(head, outcome))
      response.end('data: [DONE]\n\n')
    },
    fail: (error, stopping) => {
      event(failure(error, stopping).body)
      response.end()
    },
    dispose: () => clearInterval(keepAlive),
  }
}

/** Resolves when the client has read what was written, or is gone; leaves no listener behind, for a slow one comes here thousands of times. */
export function takenOrGone(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

function wholeReplyWriter(head: ReplyHead, response: ServerResponse): Reply {
  const parts: Part = { reasoning: '', content: '' }
  return {
    first: () => undefined,
    text: part => {
      parts.reasoning += part.reasoning
      parts.content += part.content
    },
    end: outcome => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(wholeReply(head, parts, outcome)))
    },
    fail: (error, stopping) => {
      throw failure(error, stopping)
    },
    dispose: () => undefined,
  }
}

function failure(error: unknown, stopping: boolean): ApiError {
  if (error instanceof ApiError) return error
  if (stopping) return new ApiError(503, 'the engine is stopping', { type: 'unavailable_error', code: 503 })
  return new ApiError(500, error instanceof Error ? error.message : String(error), { type: 'server_error' })
}
