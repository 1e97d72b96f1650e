import type { GenerationStats } from '../../contract/compare'
import type { ChatPiece } from './chat-events'

export type Meter = {
  /** `atMs`: when the bytes of this piece were read from the socket. */
  piece(piece: ChatPiece, atMs: number): void
  stats(nowMs: number): GenerationStats
}

/** Below this all tokens came in one or two reads of the socket, and the time between them is not the runtime's. */
const leastDecodeMs = 5

/**
 * Figures of one answer. TTFT: request sent to first token, be it of the reasoning or of the text. Speed: (tokens - 1) / (last token - first
 * token), the inverse of vLLM's TPOT (https://docs.vllm.ai, `vllm bench serve`); tokens are the runtime's own usage, which counts reasoning too.
 */
export function createMeter(sentMs: number): Meter {
  let firstMs: number | null = null
  let lastMs: number | null = null
  let finish: string | null = null
  let promptTokens: number | null = null
  let outputTokens: number | null = null
  let cachedTokens: number | null = null
  let draft: ChatPiece['draft'] | null = null
  return {
    piece(piece, atMs) {
      if (piece.text !== '' || piece.reasoning !== '') {
        firstMs ??= atMs
        lastMs = atMs
      }
      finish = piece.finish ?? finish
      promptTokens = piece.usage?.promptTokens ?? promptTokens
      outputTokens = piece.usage?.outputTokens ?? outputTokens
      cachedTokens = piece.usage?.cachedTokens ?? cachedTokens
      draft = piece.draft ?? draft
    },
    stats(nowMs) {
      const decodeMs = firstMs !== null && lastMs !== null ? lastMs - firstMs : 0
      const isMeasurable = outputTokens !== null && outputTokens > 1 && decodeMs >= leastDecodeMs
      return {
        ttftMs: firstMs === null ? null : firstMs - sentMs,
        tokensPerSecond: isMeasurable && outputTokens !== null ? ((outputTokens - 1) * 1_000) / decodeMs : null,
        promptTokens,
        outputTokens,
        totalMs: nowMs - sentMs,
        finish,
        ...(draft ? { draft } : {}),
        ...(cachedTokens === null ? {} : { cachedTokens }),
      }
    },
  }
}

export const noStats: GenerationStats = {
  ttftMs: null,
  tokensPerSecond: null,
  promptTokens: null,
  outputTokens: null,
  totalMs: null,
  finish: null,
}
