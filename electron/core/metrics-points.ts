import type { LivePoint } from '../contract/metrics'
import type { RequestRecord } from './gateway/gateway.types'
import type { RuntimeMetrics } from './runtimes/runtime'

/** One look at an instance: its own figures where it has any, and how many requests the gateway has with it. */
export type MetricsSample = { atMs: number; metrics: RuntimeMetrics | null; inFlight: number }

type Stretch = { fromMs: number; toMs: number }
type Answer = Pick<RequestRecord, 'startedAt' | 'totalMs' | 'ttftMs' | 'outputTokens'>

/**
 * Samples and finished requests as a series. Speed is the difference of the runtime's token counter over the time between two
 * looks; without a counter, the tokens of each finished answer are spread evenly over the time in which it was written.
 */
export function pointsOf(samples: readonly MetricsSample[], answers: readonly Answer[]): LivePoint[] {
  return samples.map((sample, index) => {
    const before = samples[index - 1]
    const stretch = { fromMs: before?.atMs ?? sample.atMs, toMs: sample.atMs }
    const { metrics, inFlight } = sample
    return {
      atMs: sample.atMs,
      tokensPerSecond: metrics?.generatedTokens == null ? spreadOver(stretch, answers) : counted(before, sample),
      running: metrics?.running ?? inFlight,
      waiting: metrics?.waiting ?? null,
      kvUse: metrics?.kvUse ?? null,
      ttftMs: firstTokens(stretch, answers),
    }
  })
}

/** Null at the first look, and when the counter began anew: the instance was started again in between. */
function counted(before: MetricsSample | undefined, now: MetricsSample): number | null {
  const [from, to] = [before?.metrics?.generatedTokens ?? null, now.metrics?.generatedTokens ?? null]
  const seconds = (now.atMs - (before?.atMs ?? now.atMs)) / 1000
  return from === null || to === null || to < from || seconds <= 0 ? null : (to - from) / seconds
}

function spreadOver({ fromMs, toMs }: Stretch, answers: readonly Answer[]): number | null {
  if (toMs <= fromMs) return null
  let tokens = 0
  for (const { startedAt, totalMs, ttftMs, outputTokens } of answers) {
    const endMs = Date.parse(startedAt) + totalMs
    const beginMs = Date.parse(startedAt) + (ttftMs ?? 0)
    // What came in one piece came at its end.
    const writtenMs = Math.max(1, endMs - beginMs)
    const sharedMs = Math.min(toMs, endMs) - Math.max(fromMs, endMs - writtenMs)
    if (sharedMs > 0) tokens += ((outputTokens ?? 0) * sharedMs) / writtenMs
  }
  return (tokens * 1000) / (toMs - fromMs)
}

/** Mean of the first tokens that came in this stretch; null when none did. */
function firstTokens({ fromMs, toMs }: Stretch, answers: readonly Answer[]): number | null {
  const times = answers.flatMap(({ startedAt, ttftMs }) => {
    const cameMs = Date.parse(startedAt) + (ttftMs ?? 0)
    return ttftMs !== null && cameMs > fromMs && cameMs <= toMs ? [ttftMs] : []
  })
  return times.length === 0 ? null : times.reduce((sum, each) => sum + each, 0) / times.length
}
