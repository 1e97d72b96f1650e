import { useEffect } from 'react'

interface Keys {
  /** A digit was pressed while nobody types; 1 is the first place. */
  onDigit: (digit: number) => void
  /** Ctrl-K or Cmd-K. */
  onSearch: () => void
  /** `?` was pressed while nobody types. */
  onHelp: () => void
}

/** Keys that work everywhere in the window. */
export function useGlobalKeys({ onDigit, onSearch, onHelp }: Keys): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onSearch()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (/^[1-9]$/.test(event.key)) onDigit(Number(event.key))
      if (event.key === '?') onHelp()
    }
    globalThis.addEventListener('keydown', listen)
    return () => globalThis.removeEventListener('keydown', listen)
  }, [onDigit, onSearch, onHelp])
}

/** True where a key press is text, or belongs to an open dialog or menu. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('[role="dialog"], [role="menu"], [contenteditable="true"], textarea, select')) return true
  const input = target.closest('input')
  return input !== null && !['radio', 'checkbox', 'range', 'button'].includes(input.type)
}
