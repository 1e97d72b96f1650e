import { expect, test } from 'vitest'
import type { Proof } from '../../../electron/contract/instance'
import { expectedOf, verdictRows } from '../../../renderer/features/home/verdict-rows'
import { makeDecision } from '../fixture-decision'

test('an engine test is marked, so that no figure of it is shown; a model keeps its estimates', () => {
  expect(expectedOf(makeDecision({ engineTest: true })).engineTest).toBe(true)
  const real = expectedOf(makeDecision({ engineTest: false }))
  expect(real.engineTest).toBeUndefined()
  expect(verdictRows(real, null).find(row => row.key === 'speed')?.estimate).not.toBeNull()
})

const firstTokenOf = (proof: Partial<Proof> | null) => {
  const decision = makeDecision({ engineTest: false })
  const expected = expectedOf({
    ...decision,
    speed: { ...decision.speed, ttftMs: { low: 1800, mid: 3090, high: 6180 }, promptTokens: 512 },
  })
  return verdictRows(expected, proof && { ...measured, ...proof }).find(row => row.key === 'ttft')
}
const measured: Proof = {
  ...{ placement: { text: '', gpuLayers: null, layers: null, verified: false, how: '' }, memoryMiB: null, memoryHow: '', ttftMs: 150 },
  ...{ decodeTokensPerSecond: 70, contextTokens: 4096, threads: 2, golden: null, why: [], at: '2026-11-22T01:00:00.000Z' },
}

test('a first token is laid beside what was to be expected of the prompt that measured it', () => {
  expect(firstTokenOf(null)).toMatchObject({ name: 'First token, prompt of 512', estimate: '3.09 s', measured: null, off: null })
  expect(firstTokenOf({ promptTokens: 34, ttftExpectedMs: { low: 138, mid: 230, high: 460 } })).toMatchObject({
    ...{ name: 'First token, prompt of 34', estimate: '0.23 s', measured: '0.15 s', off: '−35 %' },
  })
})

test('where nothing was to be expected of it, no percentage off the estimate of a long prompt is written', () => {
  expect(firstTokenOf({ promptTokens: 34, ttftExpectedMs: null })).toMatchObject({
    estimate: '3.09 s',
    measured: '0.15 s',
    off: 'short prompt',
  })
  expect(firstTokenOf({})).toMatchObject({ off: 'short prompt' })
})
