import { describe, expect, test } from 'vitest'
import { memoryShareOf, threadsOf } from '../../../electron/core/recommend/threads'
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

  test('draw all of the memory bandwidth from half of the cores on, and three quarters of it as one of two', () => {
    expect(memoryShareOf(1, withCores(2))).toBeCloseTo(0.76, 2)
    expect(memoryShareOf(7, withCores(8))).toBe(1)
    expect(memoryShareOf(2, withCores(8))).toBeCloseTo(0.76, 2)
    expect(memoryShareOf(1, withCores(1))).toBe(1)
    expect(memoryShareOf(null, withCores(8))).toBe(1)
    expect(memoryShareOf(4, withCores(null))).toBe(1)
  })
})
