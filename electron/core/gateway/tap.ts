import type { Clock } from '../lib/clock'

/** What passes by in one answer, without touching it. */
export type Tap = {
  chunk(bytes: Buffer): void
  /** The last bytes that passed, as text. */
  tail(): string
  figures(): {
    ttftMs: number | null
    itlMs: number | null
    longestGapMs: number | null
    totalMs: number
    promptTokens: number | null
    outputTokens: number | null
    chunks: number
    bytes: number
  }
}

/** Enough for the last events of a stream: finish, usage with timings, `[DONE]`. */
const tailBytes = 4_096
/** The first token: a content, reasoning, text or tool field that is not empty. */
const content = /"(?:content|reasoning_content|reasoning|text|arguments|name)"\s*:\s*"(?!")/

/**
 * Meters an answer in the byte path: two clock readings and a few references per chunk; text is looked at only until the first token and, at
 * the end, in the tail. Tokens come from the runtime's own usage.
 */
export function createTap(clock: Pick<Clock, 'monotonicMs'>): Tap {
  const beganMs = clock.monotonicMs()
  const last: Buffer[] = []
  let kept = 0
  let chunks = 0
  let bytes = 0
  let firstMs: number | null = null
  let lastMs: number | null = null
  let longestGapMs: number | null = null

  const tail = () => Buffer.concat(last).toString('latin1')

  return {
    chunk(chunk) {
      const now = clock.monotonicMs()
      chunks += 1
      bytes += chunk.length
      if (firstMs === null) {
        if (content.test(chunk.toString('latin1'))) firstMs = now
      } else {
        longestGapMs = Math.max(longestGapMs ?? 0, now - (lastMs ?? firstMs))
      }
      lastMs = now
      last.push(chunk)
      kept += chunk.length
      while (last[0] && kept - last[0].length >= tailBytes) {
        kept -= last[0].length
        last.shift()
      }
    },
    tail,
    figures() {
      const text = tail()
      const outputTokens = lastNumber(text, 'completion_tokens')
      const decodeMs = firstMs !== null && lastMs !== null ? lastMs - firstMs : null
      return {
        ttftMs: firstMs === null ? null : firstMs - beganMs,
        itlMs: decodeMs !== null && outputTokens !== null && outputTokens > 1 ? decodeMs / (outputTokens - 1) : null,
        longestGapMs,
        totalMs: clock.monotonicMs() - beganMs,
        promptTokens: lastNumber(text, 'prompt_tokens'),
        outputTokens,
        chunks,
        bytes,
      }
    },
  }
}

function lastNumber(text: string, field: string): number | null {
  const from = text.lastIndexOf(`"${field}"`)
  const digits = from < 0 ? undefined : /^"\w+"\s*:\s*(\d+)/.exec(text.slice(from, from + 60))?.[1]
  return digits === undefined ? null : Number(digits)
}
