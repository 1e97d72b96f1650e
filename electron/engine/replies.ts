import { randomBytes } from 'node:crypto'
import type { Counted, Outcome } from './generate'
import type { Part } from './text-stream'

/** Who answers: repeated in every object of a reply. */
export type ReplyHead = { id: string; created: number; model: string; kind: 'chat' | 'completion' }

export const replyHead = (kind: ReplyHead['kind'], model: string, nowMs: number): ReplyHead => ({
  id: `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${randomBytes(12).toString('hex')}`,
  created: Math.floor(nowMs / 1000),
  model,
  kind,
})

const fingerprint = 'roundhouse-built-in'

function envelope(head: ReplyHead, streamed: boolean) {
  const chat = streamed ? 'chat.completion.chunk' : 'chat.completion'
  return {
    id: head.id,
    object: head.kind === 'chat' ? chat : 'text_completion',
    created: head.created,
    model: head.model,
    system_fingerprint: fingerprint,
  }
}

/** First chunk of a chat: who speaks. */
export const roleChunk = (head: ReplyHead) => ({
  ...envelope(head, true),
  choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
})

/** `soFar`: tokens read and written until now, for who asked to be told along the way. */
export function textChunk(head: ReplyHead, part: Part, soFar: Counted | null = null) {
  const delta = {
    ...(part.reasoning === '' ? {} : { reasoning_content: part.reasoning }),
    ...(part.content === '' ? {} : { content: part.content }),
  }
  const choice = head.kind === 'chat' ? { index: 0, delta, finish_reason: null } : { index: 0, text: part.content, finish_reason: null }
  return { ...envelope(head, true), choices: [choice], ...(soFar && { usage: usage(soFar) }) }
}

/** Last chunk with a choice. It carries the timings, so that also who asked for no usage can read the speed. */
export function finishChunk(head: ReplyHead, outcome: Outcome) {
  const choice = head.kind === 'chat' ? { delta: {} } : { text: '' }
  return { ...envelope(head, true), choices: [{ index: 0, ...choice, finish_reason: outcome.finish }], timings: timings(outcome) }
}

/** Sent only when the request has `stream_options.include_usage`. */
export const usageChunk = (head: ReplyHead, outcome: Outcome) => ({
  ...envelope(head, true),
  choices: [],
  usage: usage(outcome),
  timings: timings(outcome),
})

export function wholeReply(head: ReplyHead, parts: Part, outcome: Outcome) {
  const message = {
    role: 'assistant',
    content: parts.content,
    ...(parts.reasoning === '' ? {} : { reasoning_content: parts.reasoning }),
  }
  const choice = head.kind === 'chat' ? { message } : { text: parts.content }
  return {
    ...envelope(head, false),
    choices: [{ index: 0, ...choice, logprobs: null, finish_reason: outcome.finish }],
    usage: usage(outcome),
    timings: timings(outcome),
  }
}

export const usage = (outcome: Counted) => ({
  prompt_tokens: outcome.promptTokens,
  completion_tokens: outcome.outputTokens,
  total_tokens: outcome.promptTokens + outcome.outputTokens,
  prompt_tokens_details: { cached_tokens: outcome.cachedTokens },
})

/**
 * Names as in llama.cpp's server. `predicted_ms` runs from the first token to the last, so `predicted_per_second` is
 * (tokens - 1) / that time; null where there is nothing to divide by.
 */
export function timings(outcome: Outcome) {
  const read = outcome.promptTokens - outcome.cachedTokens
  const steps = outcome.outputTokens - 1
  const rounded = (value: number) => Math.round(value * 1000) / 1000
  return {
    cache_n: outcome.cachedTokens,
    prompt_n: read,
    prompt_ms: rounded(outcome.promptMs),
    prompt_per_second: outcome.promptMs > 0 ? rounded((read / outcome.promptMs) * 1000) : null,
    predicted_n: outcome.outputTokens,
    predicted_ms: rounded(outcome.outputMs),
    predicted_per_second: steps > 0 && outcome.outputMs > 0 ? rounded((steps / outcome.outputMs) * 1000) : null,
    ...(outcome.draft === null ? {} : { draft_n: outcome.draft.guessed, draft_n_accepted: outcome.draft.right }),
  }
}
