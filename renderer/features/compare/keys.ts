import { useEffect } from 'react'

interface Keys {
  /** `/` was pressed while nobody types. */
  onFocus: () => void
  /** Esc was pressed and nothing else wanted it; null while there is nothing to stop. */
  onStop: (() => void) | null
}

/** The keys of Compare. Esc belongs to an open dialog, menu or panel first. */
export function useCompareKeys({ onFocus, onStop }: Keys): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (inOverlay(event.target)) return
      if (event.key === 'Escape') onStop?.()
      if (event.key === '/' && !isText(event.target)) {
        event.preventDefault()
        onFocus()
      }
    }
    globalThis.addEventListener('keydown', listen)
    return () => globalThis.removeEventListener('keydown', listen)
  }, [onFocus, onStop])
}

function inOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"]') !== null
}

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  const input = target.closest('input')
  return target.closest('textarea, select') !== null || (input !== null && !['radio', 'checkbox', 'range'].includes(input.type))
}
