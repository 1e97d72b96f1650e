import type { Range, SpeedEstimate } from '../../contract/decision'
import { prefillRate } from './prefill'
import type { Measurement } from './recommend.types'
import { firstTokenFixedMs, firstTokenSpread } from './speed'

/** Length that stands for short prompts, tokens: attention and hand-ons between cards hardly count below a micro-batch. */
const shortTokens = 64

type ShortInput = Omit<Parameters<typeof prefillRate>[0], 'promptTokens'>
type OwnRun = Pick<Measurement, 'ttftMs' | 'promptTokens'> | null

/**
 * What a first token after a short prompt is reckoned from: the rate at which one is read, and what the shortest takes. However few
 * its tokens, all weights are read once for them, as for one token of an answer. An own run of the same model says both, since it
 * asked a short prompt. Undefined where prompts cannot be predicted.
 */
export function shortPromptOf(input: ShortInput, tokensPerSecond: number | null, own: OwnRun = null): SpeedEstimate['shortPrompt'] {
  const { ttftMs = null, promptTokens = null } = own ?? {}
  if (ttftMs !== null && promptTokens) {
    const readMs = Math.max(1, ttftMs - firstTokenFixedMs)
    return { tokensPerSecond: Math.round((promptTokens * 10_000) / readMs) / 10, leastMs: 0 }
  }
  const rate = prefillRate({ ...input, promptTokens: shortTokens })
  if (rate === null) return undefined
  return { tokensPerSecond: Math.round(rate * 10) / 10, leastMs: tokensPerSecond ? Math.round(10_000 / tokensPerSecond) / 10 : 0 }
}

/**
 * Milliseconds to the first token of a prompt of so many tokens: max(tokens / rate, one step of decoding) and what is the same for
 * every prompt (Kwon et al., SOSP 2023, tell the two phases apart; arithmetic rules the first, memory the second). Null where
 * nothing was predicted.
 */
export function firstTokenAfter({ shortPrompt }: SpeedEstimate, tokens: number): Range | null {
  if (!shortPrompt) return null
  const mid = Math.max((tokens / shortPrompt.tokensPerSecond) * 1000, shortPrompt.leastMs) + firstTokenFixedMs
  return { low: Math.round(mid * firstTokenSpread.low), mid: Math.round(mid), high: Math.round(mid * firstTokenSpread.high) }
}
