import RefreshCw from 'lucide-react/icons/refresh-cw'
import type { Pane, Sampling } from '../../../electron/contract/compare'
import { client } from '../../client/client'
import { IconButton } from '../../ui/icon-button'
import { StopIcon } from '../../ui/stop-icon'
import { act } from '../shared/notice.store'
import { useInstances } from '../shared/instances.store'
import { draftId, setPanes, useCompare } from './compare.store'
import { isLive } from './comparison-reducer'
import { PaneAnswer } from './pane-answer'
import { PaneHold } from './pane-hold'
import { PaneState } from './pane-state'
import { PaneStats } from './pane-stats'
import { asking, changedPane } from './panes'
import { Parameters, parametersIcon } from './parameters'
import { startFor } from './starts.store'
import { TargetMenu } from './target-menu'
import { askedOf, type Target } from './targets'

interface Props {
  pane: Pane
  number: number
  targets: readonly Target[]
}

/** One pane: what it asks, the answers, and their figures. Its size never changes while text comes. */
export function PaneView({ pane, number, targets }: Props) {
  const comparison = useCompare(store => store.comparison)
  const turn = comparison?.turns.at(-1) ?? null
  const generation = turn?.generations.find(each => each.paneId === pane.id) ?? null
  const target = targets.find(each => each.route === pane.route) ?? null
  const asked = generation?.instanceId ?? target?.instance.id
  const instance = useInstances(store => store.instances?.find(each => each.id === asked) ?? null)
  const panes = comparison?.panes ?? []
  const change = (next: Pane[]) => void act('The pane could not be changed', () => setPanes(next))
  const about = aboutOf(target)
  return (
    <article aria-label={`Pane ${number}: ${nameOf(pane, target)}`} className="flex min-h-0 min-w-0 flex-col bg-surface">
      <header className="pane-head">
        <kbd aria-hidden="true" className="font-sans text-11 text-ink-3">
          {number}
        </kbd>
        <TargetMenu
          number={number}
          route={pane.route}
          target={target}
          targets={targets}
          disabled={generation !== null && isLive(generation)}
          onChoose={chosen => change(changedPane(panes, pane.id, asking(pane, askedOf(chosen))))}
          onStart={model => void startFor(pane.id, model.id)}
        />
        <span className="pane-about min-w-0 truncate text-12 text-ink-3" title={about}>
          {about}
        </span>
        <span className="flex-1" />
        <span aria-live="polite" className="pane-state shrink-0 text-12">
          <PaneState generation={generation} target={target} hasRoute={pane.route !== null} />
        </span>
        <PaneActions pane={pane} number={number} onChange={change} />
      </header>
      <PaneAnswer
        number={number}
        paneId={pane.id}
        turns={comparison?.turns ?? []}
        hold={<PaneHold pane={pane} panes={panes} turn={turn} target={target} targets={targets} />}
      />
      <PaneStats generation={generation} instance={instance} />
    </article>
  )
}

function nameOf(pane: Pane, target: Target | null): string {
  return target ? `${target.instance.buildTitle}, ${target.instance.modelTitle}` : (pane.route ?? 'no target')
}

/** Where it computes; of an engine test, what it is. */
function aboutOf(target: Target | null): string {
  if (!target) return ''
  return target.instance.engineTest ? 'engine test: knows its answers by heart' : target.devices.join(' and ')
}

function PaneActions({ pane, number, onChange }: { pane: Pane; number: number; onChange: (panes: Pane[]) => void }) {
  const comparison = useCompare(store => store.comparison)
  if (!comparison) return null
  const { id, panes } = comparison
  const generation = comparison.turns.at(-1)?.generations.find(each => each.paneId === pane.id) ?? null
  const stop = generation && isLive(generation) ? () => client.compare.stop({ id, generationId: generation.id }) : null
  const again = () => client.compare.regenerate({ id, paneId: pane.id })
  const toAll = (sampling: Sampling) => onChange(panes.map(each => ({ ...each, sampling })))
  return (
    <span className="flex shrink-0">
      <Parameters
        of={`pane ${number}`}
        trigger={<IconButton icon={parametersIcon} label={`Parameters of pane ${number}`} className="size-6!" />}
        sampling={pane.sampling}
        onChange={sampling => onChange(changedPane(panes, pane.id, { sampling }))}
        onApplyToAll={toAll}
      />
      {stop ? (
        <IconButton
          icon={StopIcon}
          label={`Stop pane ${number}`}
          className="size-6!"
          onClick={() => void act('The answer could not be stopped', stop)}
        />
      ) : (
        <IconButton
          icon={RefreshCw}
          label={`Regenerate pane ${number}`}
          className="size-6!"
          disabled={id === draftId || comparison.turns.length === 0 || pane.route === null}
          onClick={() => void act('It could not be asked again', again)}
        />
      )}
    </span>
  )
}
