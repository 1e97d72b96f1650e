/** Up to so many texts that need drawing at once are drawn as often as they grow. */
const drawnAlways = 4
/** Above it each is drawn every second time: the host tells of growth every 50 ms. */
const tellEveryMs = 50
const leastBetweenMs = 75
/** Who has not asked for so long does not count. */
const recentMs = 300

/** When each of the texts that grow last asked for its turn. */
const asked = new Map<object, number>()

export interface DrawTurn {
  /** Whether it may be drawn now; true counts as drawn. */
  take: () => boolean
  leave: () => void
}

/**
 * A place among the texts that have to be drawn to grow. Drawing Markdown is parsing it, and nobody reads eight answers at once: with
 * more than four they take turns, one half at a time, so that frames stay short.
 */
export function joinDrawTurns(nowMs: () => number = () => performance.now()): DrawTurn {
  const me = {}
  let drawnMs = -Infinity
  return {
    take() {
      const now = nowMs()
      asked.set(me, now)
      const others = [...asked.values()].filter(at => now - at < recentMs).length - 1
      if (others >= drawnAlways && now - drawnMs < leastBetweenMs) return false
      // Every second one begins half a round earlier.
      const isNew = now - drawnMs >= recentMs
      drawnMs = isNew && others % 2 === 1 ? now - tellEveryMs : now
      return true
    },
    leave: () => void asked.delete(me),
  }
}
