import { describe, expect, test } from 'vitest'
import { drawnGBps, threadsOf } from '../../../electron/core/recommend/threads'
import { machineOf } from './machines'

const withCores = (physicalCores: number | null, performanceCores: number | null = null) =>
  machineOf({ cpu: { physicalCores, logicalCores: physicalCores, performanceCores } })

describe('threads that an estimate counts with', () => {
  test('are those of a start: one core is left, efficiency cores are left out, what was asked for wins', () => {
    expect(threadsOf(withCores(2))).toBe(1)
    expect(threadsOf(withCores(8))).toBe(7)
    expect(threadsOf(withCores(16, 8))).toBe(8)
    expect(threadsOf(withCores(8), 3)).toBe(3)
    expect(threadsOf(withCores(null))).toBeNull()
  })

  test('draw what a core can each, and no more than there is', () => {
    expect(drawnGBps(64, 1)).toBeCloseTo(43, 0)
    expect(drawnGBps(64, 2)).toBe(64)
    expect(drawnGBps(400, 3)).toBeCloseTo(129, 0)
    expect(drawnGBps(12, 1)).toBe(12)
    expect(drawnGBps(64, null)).toBe(64)
  })
})
