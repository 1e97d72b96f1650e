import { create } from 'zustand'
import { act } from './notice.store'

export interface Undoable {
  /** What was done: `Deleted the run of SmolLM2 135M Q8_0.` */
  text: string
  /** Takes it back; what it rejects with is told. */
  undo: () => Promise<unknown>
}

/** The last thing that was taken away and can be had back; null when there is none. */
export const useUndo = create<{ done: Undoable | null }>(() => ({ done: null }))

/** Takes something away at once, and offers it back under the bar. */
export async function actUndoably(headline: string, { action, ...done }: Undoable & { action: () => Promise<unknown> }): Promise<void> {
  const gone = await act(headline, async () => {
    await action()
    return true
  })
  if (gone === true) useUndo.setState({ done })
}

/** Has the last one back. */
export async function undoLast(): Promise<void> {
  const { done } = useUndo.getState()
  dismissUndo()
  if (done) await act('It could not be had back', done.undo)
}

/** Takes the offer away. */
export function dismissUndo(): void {
  useUndo.setState({ done: null })
}
