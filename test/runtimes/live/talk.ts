import { createParser } from 'eventsource-parser'
import { must } from './rows'

/** Where questions go: the gateway, by a route's name and the key of this home. */
export type Talk = { address: string; key: string; model: string }

export type Answer = { status: number; body: Record<string, unknown>; text: string; ms: number }

/** Long enough for a prompt of a few thousand tokens on two busy cores. */
const answerWithinMs = 240_000

const headersOf = ({ key }: Talk) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })

/** Sends `body` with the route's name in it, or a text as it is. */
export async function post(talk: Talk, path: string, body: object | string): Promise<Answer> {
  const began = performance.now()
  const reply = await fetch(`${talk.address}${path}`, {
    method: 'POST',
    headers: headersOf(talk),
    body: typeof body === 'string' ? body : JSON.stringify({ model: talk.model, ...body }),
    signal: AbortSignal.timeout(answerWithinMs),
  })
  const text = await reply.text()
  return { status: reply.status, body: recordOf(parse(text)), text, ms: performance.now() - began }
}

export const chat = (talk: Talk, prompt: string, more: object = {}) =>
  post(talk, '/chat/completions', { messages: [{ role: 'user', content: prompt }], temperature: 0, ...more })

export type Streamed = {
  status: number
  text: string
  finish: string | null
  usage: Record<string, unknown> | null
  /** `[DONE]` came. */
  done: boolean
  /** Message of an error event. */
  error: string | null
  /** The connection broke instead of ending. */
  broken: boolean
  ttftMs: number | null
  ms: number
}

export type StreamOptions = { signal?: AbortSignal; onPiece?(text: string): void }

/** Streams an answer to its end, whatever the end is. */
export async function stream(talk: Talk, body: object, options: StreamOptions = {}): Promise<Streamed> {
  const began = performance.now()
  const seen: Streamed = { status: 0, text: '', finish: null, usage: null, done: false, error: null, broken: false, ttftMs: null, ms: 0 }
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') seen.done = true
      else
        takeEvent(seen, recordOf(parse(data)), piece => {
          seen.ttftMs ??= performance.now() - began
          options.onPiece?.(piece)
        })
    },
  })
  try {
    const within = AbortSignal.timeout(answerWithinMs)
    const reply = await fetch(`${talk.address}/chat/completions`, {
      ...{ method: 'POST', headers: headersOf(talk) },
      body: JSON.stringify({ model: talk.model, temperature: 0, stream: true, stream_options: { include_usage: true }, ...body }),
      signal: options.signal ? AbortSignal.any([options.signal, within]) : within,
    })
    seen.status = reply.status
    const decoder = new TextDecoder()
    for await (const chunk of reply.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
  } catch {
    seen.broken = true
  }
  return { ...seen, ms: performance.now() - began }
}

function takeEvent(seen: Streamed, event: Record<string, unknown>, onPiece: (text: string) => void) {
  const error = recordOf(event['error'])['message']
  if (typeof error === 'string') seen.error = error
  if (event['usage'] !== null && typeof event['usage'] === 'object') seen.usage = recordOf(event['usage'])
  const choice = firstChoice(event)
  if (typeof choice['finish_reason'] === 'string') seen.finish = choice['finish_reason']
  const piece = recordOf(choice['delta'])['content']
  if (typeof piece !== 'string' || piece === '') return
  seen.text += piece
  onPiece(piece)
}

/** Text of a whole answer; fails in words when it is none. */
export function textOf(answer: Answer): string {
  must(answer.status === 200, `status ${answer.status}: ${answer.text.slice(0, 200)}`)
  const choice = firstChoice(answer.body)
  const text = recordOf(choice['message'])['content'] ?? choice['text']
  must(typeof text === 'string', `no text in ${answer.text.slice(0, 200)}`)
  return text
}

export const finishOf = (answer: Answer) => firstChoice(answer.body)['finish_reason']

export const usageOf = (answer: Answer, field: string) => recordOf(answer.body['usage'])[field]

/** Message of an error answer; null when it has none. */
export function messageOf(answer: Answer): string | null {
  const message = recordOf(answer.body['error'])['message']
  return typeof message === 'string' ? message : null
}

export function firstChoice(body: Record<string, unknown>): Record<string, unknown> {
  const choices = body['choices']
  return recordOf(Array.isArray(choices) ? choices[0] : undefined)
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
