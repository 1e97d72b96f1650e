import { useEffect, useRef, type RefObject } from 'react'

/** So close to the end counts as being there, in pixels. */
const nearEnd = 24

/**
 * Keeps a scroller at its end while its content grows, as long as the person is there; who scrolls up is left in peace, and joins
 * again by scrolling down. The content's size is observed after layout, so nothing is measured while it is being changed.
 */
export function useStickToEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): void {
  const atEnd = useRef(true)
  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current]
    if (!outer || !inner || typeof ResizeObserver === 'undefined') return
    let before = outer.scrollTop
    const noteWhere = () => {
      const isNear = outer.scrollHeight - outer.scrollTop - outer.clientHeight <= nearEnd
      // Content that grows after our own scrolling also leaves the end behind; only going up is the person's doing.
      if (isNear) atEnd.current = true
      else if (outer.scrollTop < before) atEnd.current = false
      before = outer.scrollTop
    }
    const stay = () => {
      if (atEnd.current) outer.scrollTop = outer.scrollHeight
    }
    const observer = new ResizeObserver(stay)
    observer.observe(inner)
    observer.observe(outer)
    outer.addEventListener('scroll', noteWhere, { passive: true })
    return () => {
      observer.disconnect()
      outer.removeEventListener('scroll', noteWhere)
    }
  }, [scroller, content])
}
