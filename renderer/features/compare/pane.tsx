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

/** One pane: what it asks, the answers, and their figures. Its size never changes while text comes. */
export function PaneView({ pane, number, targets }: Props) {
  const turns = useCompare(store => store.comparison?.turns)
  const generation = useCompare(store => generationOf(store, pane.id))
  const target = targets.find(each => each.route === pane.route) ?? null
  const asked = generation?.instanceId ?? target?.instance.id
  const instance = useInstances(store => store.instances?.find(each => each.id === asked) ?? null)
  const name = target ? `${target.instance.buildTitle}, ${target.instance.modelTitle}` : (pane.route ?? 'no target')
  return (
    <article aria-label={`Pane ${number}: ${name}`} className="flex min-h-0 min-w-0 flex-col bg-surface">
      <PaneHead pane={pane} number={number} target={target} targets={targets} />
      <PaneAnswer
        number={number}
        paneId={pane.id}
        turns={turns ?? []}
        hold={<PaneHold pane={pane} state={generation?.state ?? null} target={target} targets={targets} />}
      />
      <PaneStats generation={generation} instance={instance} />
    </article>
  )
}
