import { useCallback, useEffect } from 'react'
import { useLocation } from 'wouter'
import type { Turn } from '../../../electron/contract/compare'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { act } from '../shared/notice.store'
import { useInstances } from '../shared/instances.store'
import { useModels } from '../shared/models.store'
import { useTitle } from '../shared/title.store'
import { CompareEmpty } from './compare-empty'
import { draftId, followComparison, showDraft, useCompare } from './compare.store'
import { loadComparisons, useComparisons } from './comparisons.store'
import { FairnessLine } from './fairness-line'
import { PaneView } from './pane'
import { asking, columnsFor, firstPanes, newPane } from './panes'
import { PromptBar } from './prompt-bar'
import { panesOf } from './selectors'
import { followStarts } from './starts.store'
import { askedOf, targetsOf, type Target } from './targets'
import { Toolbar } from './toolbar'
import { useTargets } from './use-targets'
import { useGateway } from '../shared/gateway.store'
import './compare.css'

/** One comparison: toolbar, grid of panes, fairness, prompt. A new one asks all that is ready, or only `instance`: a chat. */
export function CompareView({ id, instance = null }: { id: string; instance?: string | null }) {
  const [, navigate] = useLocation()
  const failure = useCompare(store => store.failure)
  const title = useCompare(store => store.comparison?.title ?? null)
  const panes = useCompare(panesOf)
  const targets = useTargets()
  const isDraft = id === draftId
  useOpen(id, instance)
  const isIdle = isDraft && nothingToAsk(targets)
  useTitle('Compare', title !== null && !isIdle ? aboutOf(panes.length, title) : 'Answers side by side')
  useEffect(followStarts, [])

  const send = useCallback(
    async (prompt: string, mode: Turn['mode']) => {
      const sent = await act('The prompt could not be sent', () => sendPrompt(prompt, mode))
      if (sent === null) return false
      void loadComparisons()
      // Whoever went elsewhere meanwhile stays there.
      if (isDraft && location.hash.startsWith(`#/compare/${draftId}`)) navigate(`/compare/${sent.id}`, { replace: true })
      return true
    },
    [isDraft, navigate],
  )

  if (failure) return <Missing message={failure.message} />
  if (title === null) return null
  if (isIdle) return <NothingRuns />
  return (
    <div className="compare">
      <Toolbar targets={targets} />
      <div className="compare-panes" data-columns={columnsFor(panes.length)}>
        {panes.map((pane, index) => (
          <PaneView key={pane.id} pane={pane} number={index + 1} targets={targets} />
        ))}
      </div>
      <FairnessLine targets={targets} />
      <PromptBar targets={targets} onSend={send} autoFocus={instance !== null} />
    </div>
  )
}

/** Shows the comparison while it is on the screen: an earlier one as the host streams it, a new one from what is ready. */
function useOpen(id: string, instance: string | null) {
  const hasInstances = useInstances(store => store.instances !== null)
  const hasGateway = useGateway(store => store.gateway !== null)
  const known = hasInstances && hasGateway
  useEffect(() => {
    if (id === draftId) {
      if (!known) return
      const ready = targetsOf(useInstances.getState().instances ?? [], useGateway.getState().gateway).filter(target => target.ready)
      const only = ready.find(target => target.instance.id === instance)
      showDraft(only ? [asking(newPane(null), askedOf(only))] : firstPanes(ready.map(askedOf)))
      return
    }
    const controller = new AbortController()
    followComparison(id, controller.signal)
    return () => controller.abort()
  }, [id, instance, known])
}

/** Sends to all panes; a new comparison is stored first. */
async function sendPrompt(prompt: string, mode: Turn['mode']): Promise<{ id: string }> {
  const { comparison } = useCompare.getState()
  if (!comparison) throw new Error('There is no comparison to send to.')
  const id = comparison.id === draftId ? (await client.compare.create({ panes: comparison.panes })).id : comparison.id
  if (id !== comparison.id) useCompare.setState({ comparison: { ...comparison, id } })
  await client.compare.run({ id, prompt, mode })
  return { id }
}

function aboutOf(panes: number, title: string): string {
  const targets = panes === 1 ? '1 target' : `${panes} targets`
  return title === '' ? targets : `${targets}, “${title}”`
}

function nothingToAsk(targets: readonly Target[]): boolean {
  return targets.length === 0
}

function NothingRuns() {
  const earlier = useComparisons(store => store.list?.length ?? 0)
  const [, navigate] = useLocation()
  const hasModels = useModels(store => store.models !== null)
  const newest = useComparisons(store => store.list?.[0])
  if (!hasModels) return null
  return (
    <>
      <CompareEmpty />
      {earlier > 0 && newest && (
        <p className="px-gut">
          <Button onClick={() => navigate(`/compare/${newest.id}`)}>Open the last comparison</Button>
        </p>
      )}
    </>
  )
}

function Missing({ message }: { message: string }) {
  const [, navigate] = useLocation()
  return <EmptyState action={<Button onClick={() => navigate('/compare/new')}>New comparison</Button>}>{message}</EmptyState>
}
