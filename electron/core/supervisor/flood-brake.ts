import type { Clock } from '../lib/clock'

export type FloodBrakeOptions = {
  clock: Clock
  /** Characters that pass at once before the brake bites, and how many pass per second from then on. */
  burst?: number
  perSecond?: number
  /** How often, while it bites, the newest of what was held back is let through, and how much of it. */
  everyMs?: number
  tail?: number
}

/**
 * Lets ordinary output through as it comes. Of a flood (a runtime that logs tens of MB per second) only the newest part of
 * each tenth of a second passes, since nobody could read it and each line costs memory; what was left out is said. The last words
 * before an end always pass, by `end`.
 */
export function createFloodBrake(pass: (text: string) => void, options: FloodBrakeOptions) {
  const { clock, burst = 4_194_304, perSecond = 2_097_152, everyMs = 100, tail = 16_384 } = options
  let credit = burst
  let creditedMs = clock.monotonicMs()
  let held = ''
  let leftOut = 0
  let timer: NodeJS.Timeout | null = null

  function release() {
    if (timer) clearTimeout(timer)
    timer = null
    if (leftOut > 0) pass(`\n(${leftOut} characters of output were left out: too much at once)\n${held.slice(held.indexOf('\n') + 1)}`)
    else pass(held)
    held = ''
    leftOut = 0
  }

  function hold(text: string) {
    held += text
    if (held.length > 4 * tail) {
      leftOut += held.length - tail
      held = held.slice(-tail)
    }
    timer ??= setTimeout(release, everyMs)
  }

  return {
    push(text: string) {
      const nowMs = clock.monotonicMs()
      credit = Math.min(burst, credit + ((nowMs - creditedMs) / 1_000) * perSecond)
      creditedMs = nowMs
      if (timer || credit < text.length) {
        hold(text)
        return
      }
      credit -= text.length
      pass(text)
    },
    end() {
      if (timer) release()
    },
  }
}
