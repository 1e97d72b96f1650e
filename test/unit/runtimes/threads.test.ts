import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseThreads, speedCollapsed } from '../../../electron/core/runtimes/common-threads'

const idle = { physicalCores: 8, logicalCores: 16, performanceCores: null, load: 0.1, allOnGpu: false }

test.each([
  ['an idle desktop leaves one core', idle, 7],
  ['what others compute is left to them', { ...idle, load: 3.2 }, 5],
  ['two cores leave one thread, whatever else runs', { ...idle, physicalCores: 2, load: 0 }, 1],
  ['two busy cores leave one thread', { ...idle, physicalCores: 2, load: 5 }, 1],
  ['efficiency cores do not compute, but take the others’ work', { ...idle, physicalCores: 14, performanceCores: 6, load: 4 }, 6],
  ['a limit of the container counts', { ...idle, cpuLimit: 3.5 }, 2],
  ['hardware threads are no cores', { ...idle, physicalCores: null }, 7],
  ['the GPU needs two', { ...idle, allOnGpu: true }, 2],
  ['nothing known: one', { ...idle, physicalCores: null, logicalCores: null }, 1],
])('%s', (_name, facts, threads) => {
  expect(chooseThreads(facts)).toBe(threads)
})

test('there is always a thread, and never more of them than cores', () => {
  const cores = fc.option(fc.integer({ min: 1, max: 256 }), { nil: null })
  const facts = fc.record({
    physicalCores: cores,
    logicalCores: cores,
    performanceCores: cores,
    load: fc.float({ min: 0, max: 500, noNaN: true }),
    allOnGpu: fc.boolean(),
  })
  fc.assert(
    fc.property(facts, each => {
      const threads = chooseThreads(each)
      expect(Number.isInteger(threads)).toBe(true)
      expect(threads).toBeGreaterThanOrEqual(1)
      expect(threads).toBeLessThanOrEqual(each.performanceCores ?? each.physicalCores ?? Math.max(2, each.logicalCores ?? 2))
    }),
  )
})

const samples = (...speeds: number[]) => speeds.map(tokensPerSecond => ({ tokensPerSecond, atOnce: 1 }))

test('speed has collapsed when three answers in a row say so, not before', () => {
  expect(speedCollapsed({ expected: 70, recent: samples(2, 3) })).toEqual({ collapsed: false, share: null })
  expect(speedCollapsed({ expected: 70, recent: samples(60, 2, 60) }).collapsed).toBe(false)
  expect(speedCollapsed({ expected: 70, recent: samples(70, 70, 3, 2, 4) })).toEqual({ collapsed: true, share: 3 / 70 })
})

test('four answers at once are slower each and no collapse', () => {
  const recent = Array.from({ length: 4 }, () => ({ tokensPerSecond: 15, atOnce: 4 }))
  expect(speedCollapsed({ expected: 70, recent }).collapsed).toBe(false)
})
