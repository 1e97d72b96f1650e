import { createParser } from 'eventsource-parser'
import * as z from 'zod'

/** What one stretch of an answer's bytes said. */
export type ChatPiece = {
  text: string
  reasoning: string
  finish: string | null
  /** `cachedTokens`: of the prompt, kept from an earlier one and not read again; absent where the server does not say. */
  usage: { promptTokens: number | null; outputTokens: number | null; cachedTokens?: number } | null
  /** What a draft model guessed and what of it was right, in tokens (`timings` of llama.cpp's server); absent without one. */
  draft?: { guessed: number; accepted: number }
  /** Message of an error event. */
  error: string | null
  /** `[DONE]` has come. */
  done: boolean
}

/** Longest event that is accepted, in characters. */
const longestEvent = 16 * 1024 * 1024

/** Read leniently: a field of another kind counts as absent and never hides the rest. */
const words = z.string().nullish().catch(null)
const count = z.int().nullish().catch(null)
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: words, reasoning_content: words, reasoning: words }).nullish().catch(null),
        finish_reason: words,
      }),
    )
    .nullish()
    .catch(null),
  usage: z
    .object({
      ...{ prompt_tokens: count, completion_tokens: count },
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  timings: z.object({ draft_n: z.int(), draft_n_accepted: z.int() }).nullish().catch(null),
  error: z
    .union([z.string(), z.object({ message: z.string() }).transform(error => error.message)])
    .nullish()
    .catch(null),
})

export type ChatReader = {
  /** Takes bytes as they came, cut anywhere. */
  feed(bytes: Uint8Array): ChatPiece
  /** The last event, when the stream ended without an empty line behind it. */
  end(): ChatPiece
}

/** Reads a streamed chat answer (server-sent events with OpenAI's chunks); reasoning is kept apart from the text. */
export function createChatReader(): ChatReader {
  const decoder = new TextDecoder()
  let piece = emptyPiece()
  let isFull = false
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: ({ data }) => add(piece, data),
    onError: error => {
      if (error.type !== 'max-buffer-size-exceeded') return
      isFull = true
      piece.error = 'An event of the answer was larger than 16 MB.'
    },
  })
  const take = (text: string): ChatPiece => {
    piece = emptyPiece()
    // After an overflow the parser takes nothing more.
    if (!isFull) parser.feed(text)
    return piece
  }
  return {
    feed: bytes => take(decoder.decode(bytes, { stream: true })),
    end: () => take(`${decoder.decode()}\n\n`),
  }
}

const emptyPiece = (): ChatPiece => ({ text: '', reasoning: '', finish: null, usage: null, error: null, done: false })

function add(piece: ChatPiece, data: string): void {
  if (data.trim() === '[DONE]') {
    piece.done = true
    return
  }
  const chunk = chunkIn(data)
  if (!chunk) return
  const choice = chunk.choices?.[0]
  if (choice?.delta) addDelta(piece, choice.delta)
  piece.finish = choice?.finish_reason ?? piece.finish
  piece.error = piece.error ?? chunk.error ?? null
  if (chunk.timings) piece.draft = { guessed: chunk.timings.draft_n, accepted: chunk.timings.draft_n_accepted }
  if (chunk.usage) piece.usage = usageOf(chunk.usage)
}

type Words = string | null | undefined

function addDelta(piece: ChatPiece, delta: { content?: Words; reasoning_content?: Words; reasoning?: Words }): void {
  piece.text += delta.content ?? ''
  piece.reasoning += delta.reasoning_content ?? delta.reasoning ?? ''
}

function usageOf(usage: NonNullable<z.infer<typeof chunkSchema>['usage']>): ChatPiece['usage'] {
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = usage
  return {
    promptTokens: prompt_tokens ?? null,
    outputTokens: completion_tokens ?? null,
    ...(prompt_tokens_details?.cached_tokens != null && { cachedTokens: prompt_tokens_details.cached_tokens }),
  }
}

function chunkIn(data: string): z.infer<typeof chunkSchema> | null {
  try {
    return chunkSchema.safeParse(JSON.parse(data)).data ?? null
  } catch {
    return null
  }
}
