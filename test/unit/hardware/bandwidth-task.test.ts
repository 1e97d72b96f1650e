import { expect, test } from 'vitest'
import { bestRate, readBandwidth, windowMs } from '../../../electron/core/hardware/bandwidth-task'

test('threads that read at once are added up, and the best window counts but the first', () => {
  // The second thread came up late and had to wait in the third window.
  const rates = [
    [90, 20, 30, 25],
    [0, 22, 0, 24],
  ]
  expect(bestRate(rates)).toBe((49 * 1000) / windowMs)
  expect(bestRate([[90, 20, 30, 25]])).toBe((30 * 1000) / windowMs)
  expect(bestRate([[], [1, 2]])).toBe(0)
})

test('a thread reads in every window of its time', () => {
  const windows = readBandwidth({ bytes: 16 * 1_048_576, durationMs: 100, threads: 1, ready: new SharedArrayBuffer(4) })
  expect(windows).toHaveLength(100 / windowMs)
  expect(windows.filter(bytes => bytes > 0).length).toBeGreaterThanOrEqual(3)
  expect(bestRate([windows])).toBeGreaterThan(1e8)
})
