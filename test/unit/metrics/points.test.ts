import { describe, expect, test } from 'vitest'
import { pointsOf, type MetricsSample } from '../../../electron/core/metrics-points'
import { noMetrics } from '../../../electron/core/runtimes/prometheus'

const start = Date.parse('2026-11-21T10:00:00.000Z')
const at = (ms: number) => new Date(start + ms).toISOString()
const sample = (ms: number, generatedTokens: number | null, inFlight = 0): MetricsSample => ({
  atMs: start + ms,
  metrics: generatedTokens === null ? null : { ...noMetrics, generatedTokens, running: 2, waiting: 1, kvUse: 0.5 },
  inFlight,
})

describe('with a counter of the runtime', () => {
  test('speed is what was added between two looks', () => {
    const points = pointsOf([sample(0, 100), sample(2_000, 300), sample(4_000, 300)], [])
    expect(points.map(each => each.tokensPerSecond)).toEqual([null, 100, 0])
    expect(points[1]).toMatchObject({ atMs: start + 2_000, running: 2, waiting: 1, kvUse: 0.5, ttftMs: null })
  })

  test('a counter that began anew is no negative speed', () => {
    expect(pointsOf([sample(0, 500), sample(2_000, 20), sample(4_000, 60)], []).map(each => each.tokensPerSecond)).toEqual([null, null, 20])
  })
})

describe('without one', () => {
  const looks = [0, 2_000, 4_000, 6_000].map(ms => sample(ms, null, ms === 2_000 ? 1 : 0))

  test('tokens are spread over the time in which they were written', () => {
    // Asked at 1 s, first token at 2 s, done at 6 s with 400 tokens.
    const points = pointsOf(looks, [{ startedAt: at(1_000), ttftMs: 1_000, totalMs: 5_000, outputTokens: 400 }])
    expect(points.map(each => each.tokensPerSecond)).toEqual([null, 0, 100, 100])
    expect(points.map(each => each.running)).toEqual([0, 1, 0, 0])
    expect(points.map(each => each.ttftMs)).toEqual([null, 1_000, null, null])
  })

  test('two at once add up, and what is not known counts nothing', () => {
    const answer = { startedAt: at(2_000), ttftMs: 0, totalMs: 2_000, outputTokens: 50 }
    const points = pointsOf(looks, [answer, answer, { ...answer, outputTokens: null, ttftMs: null }])
    expect(points[2]).toMatchObject({ tokensPerSecond: 50, waiting: null, kvUse: null })
  })

  test('an answer in one piece counts where it ended', () => {
    const points = pointsOf(looks, [{ startedAt: at(0), ttftMs: 3_000, totalMs: 3_000, outputTokens: 8 }])
    expect(points.map(each => each.tokensPerSecond)).toEqual([null, 0, 4, 0])
  })
})

test('thousands of answers hold up nobody: the gateway waits meanwhile', () => {
  const looks = Array.from({ length: 150 }, (_, index) => sample(index * 2_000, null))
  const answers = Array.from({ length: 5_000 }, (_, index) => ({ startedAt: at(index * 60), ttftMs: 100, totalMs: 900, outputTokens: 40 }))
  pointsOf(looks, answers)
  const began = performance.now()
  const points = pointsOf(looks, answers)
  // It took 1,700 ms when each stretch looked at each answer.
  expect(performance.now() - began).toBeLessThan(100)
  const middle = points.slice(10, 140).map(each => each.tokensPerSecond ?? 0)
  expect(Math.min(...middle)).toBeGreaterThan(600)
  expect(Math.max(...middle)).toBeLessThan(730)
})
