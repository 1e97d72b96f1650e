import { useEffect } from 'react'
import { create } from 'zustand'
import type { IconDrawing } from '../../ui/icon'

/** Something the palette can do. */
export interface Command {
  /** Unique: `go.home`, `stop.llama-cpp-1`. */
  id: string
  title: string
  /** Heading it stands under: `Go to`, `Running`. */
  group: string
  icon?: IconDrawing
  /** Other words a person may type for it. */
  keywords?: string[]
  /** Its key, as it is written: `1`. */
  keys?: string
  run: () => void
}

interface CommandStore {
  bySource: Record<string, readonly Command[]>
}

/** Who offers what now; features add theirs and the palette shows all. */
export const useCommandStore = create<CommandStore>(() => ({ bySource: {} }))

/** Offers commands under a name until the returned function is called; offering again replaces. */
export function offerCommands(source: string, commands: readonly Command[]): () => void {
  useCommandStore.setState(store => ({ bySource: { ...store.bySource, [source]: commands } }))
  return () =>
    useCommandStore.setState(store => ({
      bySource: Object.fromEntries(Object.entries(store.bySource).filter(([each]) => each !== source)),
    }))
}

/** Offers commands while a component is mounted. Keep the list stable with useMemo. */
export function useCommands(source: string, commands: readonly Command[]): void {
  useEffect(() => offerCommands(source, commands), [source, commands])
}
