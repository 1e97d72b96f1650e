export type ThemeChoice = 'system' | 'light' | 'dark'

const storageKey = 'roundhouse-theme'

/** Puts the choice on `<html>`; `system` leaves it to prefers-color-scheme. Remembered so that a reload paints right at once. */
export function applyTheme(choice: ThemeChoice, root: HTMLElement = document.documentElement) {
  if (choice === 'system') root.removeAttribute('data-theme')
  else root.setAttribute('data-theme', choice)
  try {
    localStorage.setItem(storageKey, choice)
  } catch {
    // A page without storage still has its theme; only the first paint after a reload may differ.
  }
}

/** The choice of last time, before the host has answered. */
export function rememberedTheme(): ThemeChoice {
  try {
    const kept = localStorage.getItem(storageKey)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

/** What the eye sees now: the choice, or the system's where the choice is `system`. */
export function visibleTheme(root: HTMLElement = document.documentElement): 'light' | 'dark' {
  const chosen = root.getAttribute('data-theme')
  if (chosen === 'light' || chosen === 'dark') return chosen
  return globalThis.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
