import type { LivePoint } from '../contract/metrics'
import type { RequestRecord } from './gateway/gateway.types'
import type { RuntimeMetrics } from './runtimes/runtime'

/** One look at an instance: its own figures where it has any, and how many requests the gateway has with it. */
export type MetricsSample = { atMs: number; metrics: RuntimeMetrics | null; inFlight: number }

type Answer = Pick<RequestRecord, 'startedAt' | 'totalMs' | 'ttftMs' | 'outputTokens'>

/**
 * Samples (by time) and finished requests as a series. Speed is the difference of the runtime's token counter over the time between two
 * looks; without a counter, the tokens of each finished answer are spread evenly over the time in which it was written. Each answer is put
 * where it belongs once, since this runs on the gateway's loop and thousands of them may have been given.
 */
export function pointsOf(samples: readonly MetricsSample[], answers: readonly Answer[]): LivePoint[] {
  const seen = samples.map(() => ({ tokens: 0, firstMs: 0, firsts: 0 }))
  for (const answer of answers) place(answer, samples, seen)
  return samples.map((sample, index) => {
    const before = samples[index - 1]
    const { tokens, firstMs, firsts } = seen[index] ?? { tokens: 0, firstMs: 0, firsts: 0 }
    const lastedMs = sample.atMs - (before?.atMs ?? sample.atMs)
    const { metrics, inFlight } = sample
    return {
      atMs: sample.atMs,
      tokensPerSecond: metrics?.generatedTokens == null ? (lastedMs > 0 ? (tokens * 1000) / lastedMs : null) : counted(before, sample),
      running: metrics?.running ?? inFlight,
      waiting: metrics?.waiting ?? null,
      kvUse: metrics?.kvUse ?? null,
      ttftMs: firsts === 0 ? null : firstMs / firsts,
    }
  })
}

/** Null at the first look, and when the counter began anew: the instance was started again in between. */
function counted(before: MetricsSample | undefined, now: MetricsSample): number | null {
  const [from, to] = [before?.metrics?.generatedTokens ?? null, now.metrics?.generatedTokens ?? null]
  const seconds = (now.atMs - (before?.atMs ?? now.atMs)) / 1000
  return from === null || to === null || to < from || seconds <= 0 ? null : (to - from) / seconds
}

type Seen = { tokens: number; firstMs: number; firsts: number }

/** Adds an answer to each stretch between two looks in which it was written, and its first token to the one in which that came. */
function place({ startedAt, totalMs, ttftMs, outputTokens }: Answer, samples: readonly MetricsSample[], seen: readonly Seen[]) {
  const startMs = Date.parse(startedAt)
  const endMs = startMs + totalMs
  // What came in one piece came at its end.
  const writtenMs = Math.max(1, endMs - startMs - (ttftMs ?? 0))
  for (let index = Math.max(1, firstAfter(samples, endMs - writtenMs)); index < samples.length; index += 1) {
    const [fromMs, toMs] = [samples[index - 1]?.atMs ?? 0, samples[index]?.atMs ?? 0]
    if (fromMs >= endMs) break
    const sharedMs = Math.min(toMs, endMs) - Math.max(fromMs, endMs - writtenMs)
    const stretch = seen[index]
    if (stretch && sharedMs > 0) stretch.tokens += ((outputTokens ?? 0) * sharedMs) / writtenMs
  }
  if (ttftMs === null) return
  const index = firstAfter(samples, startMs + ttftMs, true)
  const stretch = index === 0 ? undefined : seen[index]
  if (!stretch) return
  stretch.firstMs += ttftMs
  stretch.firsts += 1
}

/** Index of the first look after a moment (`orAt`: or at it); the number of looks when there is none. */
function firstAfter(samples: readonly MetricsSample[], ms: number, orAt = false): number {
  let low = 0
  let high = samples.length
  while (low < high) {
    const middle = (low + high) >> 1
    const atMs = samples[middle]?.atMs ?? 0
    if (atMs > ms || (orAt && atMs === ms)) high = middle
    else low = middle + 1
  }
  return low
}
