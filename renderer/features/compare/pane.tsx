import { memo } from 'react'
import type { Pane } from '../../../electron/contract/compare'
import { useInstances } from '../shared/instances.store'
import { useCompare } from './compare.store'
import { PaneAnswer } from './pane-answer'
import { PaneHead } from './pane-head'
import { PaneHold } from './pane-hold'
import { PaneStats } from './pane-stats'
import { generationOf } from './selectors'
import type { Target } from './targets'

interface Props {
  pane: Pane
  number: number
  targets: readonly Target[]
}

/** One pane: what it asks, the answers, and their figures. Its size never changes while text comes, and it is not drawn again for that. */
export const PaneView = memo(function PaneView({ pane, number, targets }: Props) {
  const state = useCompare(store => generationOf(store, pane.id)?.state ?? null)
  const answering = useCompare(store => generationOf(store, pane.id)?.instanceId ?? null)
  const target = targets.find(each => each.route === pane.route) ?? null
  const asked = answering ?? target?.instance.id
  const instance = useInstances(store => store.instances?.find(each => each.id === asked) ?? null)
  const name = target ? `${target.instance.buildTitle}, ${target.instance.modelTitle}` : (pane.route ?? 'no target')
  return (
    <article aria-label={`Pane ${number}: ${name}`} className="flex min-h-0 min-w-0 flex-col bg-surface">
      <PaneHead pane={pane} number={number} target={target} targets={targets} />
      <PaneAnswer number={number} paneId={pane.id} hold={<PaneHold pane={pane} state={state} target={target} targets={targets} />} />
      <PaneStats paneId={pane.id} instance={instance} />
    </article>
  )
})
