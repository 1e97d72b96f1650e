import { useEffect, type RefObject } from 'react'

/** So close to the end counts as being there, in pixels. */
const nearEnd = 24

/** Positions are rounded where the page is zoomed. */
const rounding = 2

/**
 * Keeps a scroller at its end while its content grows, as long as the person is there; who scrolls up is left in peace, and joins
 * again by scrolling down. All is read where the observer tells that sizes have changed: layout is done then, so nothing is measured
 * twice, and scrolling itself costs nothing.
 */
export function useStickToEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current]
    if (!outer || !inner || typeof ResizeObserver === 'undefined') return
    const follow = createFollower()
    const observer = new ResizeObserver(() => {
      const to = follow({ top: outer.scrollTop, end: outer.scrollHeight - outer.clientHeight })
      if (to !== null) outer.scrollTop = to
    })
    observer.observe(inner)
    observer.observe(outer)
    return () => observer.disconnect()
  }, [scroller, content])
}

/** Where a scroller stands and how far it can go, in pixels. */
interface Position {
  top: number
  end: number
}

/** Decides after each change of size where to scroll; null leaves it where it is. */
export function createFollower(): (now: Position) => number | null {
  let isFollowing = true
  let before: Position = { top: 0, end: 0 }
  return now => {
    // Content that shrank takes the scroller along; only going up beyond that is the person's doing.
    const wentUp = now.top < Math.min(before.top, now.end) - rounding
    const cameDown = now.top > before.top && now.top >= Math.min(before.end, now.end) - nearEnd
    if (wentUp) isFollowing = false
    else if (cameDown || now.top >= now.end - rounding) isFollowing = true
    before = isFollowing ? { top: now.end, end: now.end } : now
    return isFollowing && now.top < now.end ? now.end : null
  }
}
