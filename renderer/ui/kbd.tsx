import type { ReactNode } from 'react'

/** A key or a chord as it stands on the keyboard: `Ctrl K`. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="font-sans text-11 text-ink-3">{children}</kbd>
}

/** The name of the command key here: `⌘` on Apple machines, `Ctrl` elsewhere. */
export const commandKey = /Mac|iPhone|iPad/.test(globalThis.navigator.userAgent) ? '⌘' : 'Ctrl'
