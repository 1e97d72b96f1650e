import RefreshCw from 'lucide-react/icons/refresh-cw'
import { memo } from 'react'
import type { Pane } from '../../../electron/contract/compare'
import { client } from '../../client/client'
import { IconButton } from '../../ui/icon-button'
import { StopIcon } from '../../ui/stop-icon'
import { act } from '../shared/notice.store'
import { draftId, setPanes, useCompare } from './compare.store'
import { PaneState } from './pane-state'
import { asking, changedPane } from './panes'
import { Parameters, parametersIcon } from './parameters'
import { generationOf, panesOf } from './selectors'
import { startFor } from './starts.store'
import { TargetMenu } from './target-menu'
import { askedOf, type Target } from './targets'

interface Props {
  pane: Pane
  number: number
  target: Target | null
  targets: readonly Target[]
}

/** The head of a pane: number, target, state and actions. It is not drawn again while its answer grows. */
export const PaneHead = memo(function PaneHead({ pane, number, target, targets }: Props) {
  const state = useCompare(store => generationOf(store, pane.id)?.state ?? null)
  const isLive = state === 'waiting' || state === 'streaming'
  const about = aboutOf(target)
  return (
    <header className="pane-head">
      <kbd aria-hidden="true" className="font-sans text-11 text-ink-3">
        {number}
      </kbd>
      <TargetMenu
        number={number}
        route={pane.route}
        target={target}
        targets={targets}
        disabled={isLive}
        onChoose={chosen => change(panes => changedPane(panes, pane.id, asking(pane, askedOf(chosen))))}
        onStart={model => void startFor(pane.id, model.id)}
      />
      <span className="pane-about min-w-0 truncate text-12 text-ink-3" title={about}>
        {about}
      </span>
      <span className="flex-1" />
      <span aria-live="polite" className="pane-state shrink-0 text-12">
        <PaneState state={state} target={target} hasRoute={pane.route !== null} />
      </span>
      <span className="flex shrink-0">
        <Parameters
          of={`pane ${number}`}
          trigger={<IconButton icon={parametersIcon} label={`Parameters of pane ${number}`} className="size-6!" />}
          sampling={pane.sampling}
          onChange={sampling => change(panes => changedPane(panes, pane.id, { sampling }))}
          onApplyToAll={sampling => change(panes => panes.map(each => ({ ...each, sampling })))}
        />
        {isLive ? <Stop pane={pane} number={number} /> : <Regenerate pane={pane} number={number} />}
      </span>
    </header>
  )
})

function change(how: (panes: readonly Pane[]) => Pane[]) {
  void act('The pane could not be changed', () => setPanes(how(panesOf(useCompare.getState()))))
}

/** Where it computes; of an engine test, what it is. */
function aboutOf(target: Target | null): string {
  if (!target) return ''
  return target.instance.engineTest ? 'engine test: knows its answers by heart' : target.devices.join(' and ')
}

function Stop({ pane, number }: { pane: Pane; number: number }) {
  const id = useCompare(store => store.comparison?.id ?? draftId)
  const generationId = useCompare(store => generationOf(store, pane.id)?.id ?? null)
  const stop = () => client.compare.stop({ id, generationId })
  return (
    <IconButton
      icon={StopIcon}
      label={`Stop pane ${number}`}
      className="size-6!"
      disabled={generationId === null}
      onClick={() => void act('The answer could not be stopped', stop)}
    />
  )
}

function Regenerate({ pane, number }: { pane: Pane; number: number }) {
  const id = useCompare(store => store.comparison?.id ?? draftId)
  const wasAsked = useCompare(store => (store.comparison?.turns.length ?? 0) > 0)
  const again = () => client.compare.regenerate({ id, paneId: pane.id })
  return (
    <IconButton
      icon={RefreshCw}
      label={`Regenerate pane ${number}`}
      className="size-6!"
      disabled={id === draftId || !wasAsked || pane.route === null}
      onClick={() => void act('It could not be asked again', again)}
    />
  )
}
