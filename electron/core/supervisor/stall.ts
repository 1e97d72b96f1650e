import type { Clock } from '../lib/clock'

export type StallWatch = {
  /** Something moved: output came, or the health changed. */
  touch(): void
  /** While paused nothing can stall: a step with a deadline of its own is running. */
  pause(): void
  resume(): void
  end(): void
}

export type StallWatchOptions = { clock: Clock; stallMs: number; checkEveryMs: number; onStall(): void }

/** Calls `onStall` once when nothing moved for `stallMs`. Time in which this process itself stood still (sleep, SIGSTOP) does not count. */
export function watchStall({ clock, stallMs, checkEveryMs, onStall }: StallWatchOptions): StallWatch {
  let movedMs = clock.monotonicMs()
  let checkedMs = movedMs
  let paused = false
  const timer = setInterval(() => {
    const nowMs = clock.monotonicMs()
    const stoodStillMs = nowMs - checkedMs - checkEveryMs
    checkedMs = nowMs
    if (paused || stoodStillMs > 10 * checkEveryMs) movedMs = nowMs
    if (nowMs - movedMs < stallMs) return
    clearInterval(timer)
    onStall()
  }, checkEveryMs)
  return {
    touch: () => void (movedMs = clock.monotonicMs()),
    pause: () => void (paused = true),
    resume() {
      paused = false
      movedMs = clock.monotonicMs()
    },
    end: () => clearInterval(timer),
  }
}
