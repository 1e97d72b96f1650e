import { flushSync } from 'react-dom'
import { create } from 'zustand'
import type { Comparison, Pane } from '../../../electron/contract/compare'
import type { FailureReport } from '../../../electron/contract/failure'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { follow } from '../../client/follow'
import { commitAtMostEvery, commitEveryMs } from './commit-often'
import { reduceComparison } from './comparison-reducer'

export interface CompareStore {
  /** The one that is shown; null while it is on its way, or while a new one has not been sent yet. */
  comparison: Comparison | null
  /** The host has no such comparison, or would not open it. */
  failure: FailureReport | null
}

export const useCompare = create<CompareStore>(() => ({ comparison: null, failure: null }))

/**
 * Follows one comparison until the signal ends it. Events are put together as they come, and shown as often as the host tells them;
 * whoever missed one opens the stream again, which begins with the whole text as the host has it.
 */
export function followComparison(id: string, signal: AbortSignal): void {
  let whole: Comparison | null = null
  // All panes in one drawing, and before the next frame: what is scheduled comes later, in several.
  const show = (comparison: Comparison) => flushSync(() => useCompare.setState({ comparison }))
  const shown = commitAtMostEvery<Comparison>(commitEveryMs, show)
  // What is shown already under this id (it was just sent) stays until the host's snapshot comes.
  useCompare.setState(store => ({ comparison: store.comparison?.id === id ? store.comparison : null, failure: null }))
  void follow({
    open: inner => client.compare.watch({ id }, { signal: inner }),
    apply: event => {
      whole = reduceComparison(whole, event)
      if (!whole) throw new Error('An event between was missed.')
      if (!signal.aborted) shown.push(whole, event.type === 'snapshot')
    },
    signal,
    onRefused: error => useCompare.setState({ failure: reportOfError(error) }),
  })
  signal.addEventListener('abort', shown.drop, { once: true })
}

/** Puts panes in place; the window shows them at once and the host keeps them. A comparison that was not sent yet is only shown. */
export async function setPanes(panes: Pane[]): Promise<void> {
  const before = useCompare.getState().comparison
  if (!before) return
  useCompare.setState({ comparison: { ...before, panes } })
  if (before.id !== draftId) await client.compare.setPanes({ id: before.id, panes })
}

/** The id of a comparison that the host does not know yet. */
export const draftId = 'new'

/** Shows a new comparison with these panes. It is stored when its first prompt is sent. */
export function showDraft(panes: Pane[]): void {
  useCompare.setState({
    comparison: { id: draftId, title: '', createdAt: '', updatedAt: '', panes, turns: [] },
    failure: null,
  })
}
