import { expect, test } from 'vitest'
import { bestRate, readBandwidth, windowMs } from '../../../electron/core/hardware/bandwidth-task'

test('threads that read at once are added up, and the best window of all counts', () => {
  // In the first window the second thread had no core, and the first all of the memory.
  const rates = [
    [90, 20, 30, 25],
    [0, 22, 0, 24],
  ]
  expect(bestRate(rates)).toBe(49)
  expect(bestRate([[20, 30, 25]])).toBe(30)
})

test('threads that never had a core at once count with their best', () => {
  expect(
    bestRate([
      [20, 0, 30],
      [0, 25, 0],
    ]),
  ).toBe(55)
  expect(bestRate([[], [1, 2]])).toBe(2)
  expect(bestRate([[], []])).toBe(0)
})

test('a thread reads in every window of its time', () => {
  const windows = readBandwidth({ bytes: 16 * 1_048_576, durationMs: 100, threads: 1, ready: new SharedArrayBuffer(4) })
  expect(windows).toHaveLength(100 / windowMs)
  expect(bestRate([windows])).toBeGreaterThan(1e8)
})
