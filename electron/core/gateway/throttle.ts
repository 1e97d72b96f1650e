import type { Clock } from '../lib/clock'

export type Throttle = {
  /** Notes one wrong key and returns how long its answer is to be held back, in ms. */
  wrongKey(): number
}

const windowMs = 60_000

/** Makes guessing slow: after `free` wrong keys within a minute each further answer waits twice as long as the one before, up to `mostMs`. */
export function createThrottle(clock: Pick<Clock, 'monotonicMs'>, { free, mostMs }: { free: number; mostMs: number }): Throttle {
  let count = 0
  let windowBeganMs = clock.monotonicMs()
  return {
    wrongKey() {
      const now = clock.monotonicMs()
      if (now - windowBeganMs > windowMs) {
        count = 0
        windowBeganMs = now
      }
      count += 1
      return count <= free ? 0 : Math.min(mostMs, 2 ** Math.min(count - free, 30))
    },
  }
}
