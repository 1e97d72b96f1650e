import MessageSquareText from 'lucide-react/icons/message-square-text'
import Plus from 'lucide-react/icons/plus'
import { memo } from 'react'
import { useLocation } from 'wouter'
import type { Pane } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { act } from '../shared/notice.store'
import { useModels } from '../shared/models.store'
import { useRuntimes } from '../shared/runtimes.store'
import { draftId, setPanes, useCompare } from './compare.store'
import { Earlier } from './earlier'
import { helpersFor, type Helper } from './helpers'
import { asking, layoutFor, layouts, newPane, resized } from './panes'
import { Parameters } from './parameters'
import { isAnyLive, panesOf } from './selectors'
import { startFor } from './starts.store'
import { askedOf, type Target } from './targets'

interface Props {
  targets: readonly Target[]
}

/** How many panes, what could stand beside them, and the other comparisons. */
export const Toolbar = memo(function Toolbar({ targets }: Props) {
  const [, navigate] = useLocation()
  const id = useCompare(store => store.comparison?.id ?? draftId)
  const panes = useCompare(panesOf)
  const free = targets.filter(target => target.ready).map(askedOf)
  const change = (next: Pane[]) => act('The panes could not be changed', () => setPanes(next))
  const [first] = panes
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <ChooseOne
        legend="Panes"
        options={layouts.map(each => ({ value: String(each), label: String(each) }))}
        value={String(panes.length)}
        onChange={size => void change(resized({ panes, turns: turnsNow() }, Number(size), free))}
      />
      <Helpers targets={targets} onChange={change} />
      <span className="flex-1" />
      {first && (
        <Parameters
          of="all panes"
          trigger={
            <Button tone="quiet" size="low" icon={MessageSquareText}>
              System prompt
            </Button>
          }
          sampling={first.sampling}
          onChange={sampling => void change(panes.map(pane => ({ ...pane, sampling })))}
        />
      )}
      <Earlier current={id} />
      <Button tone="quiet" size="low" icon={Plus} onClick={() => navigate('/compare/new')}>
        New comparison
      </Button>
    </div>
  )
})

const turnsNow = () => useCompare.getState().comparison?.turns ?? []

interface HelpersProps extends Props {
  onChange: (panes: Pane[]) => Promise<unknown>
}

/** What could be set beside the panes with one click; each is there only while it is possible. */
function Helpers({ targets, onChange }: HelpersProps) {
  const runtimes = useRuntimes(store => store.runtimes) ?? []
  const library = useModels(store => store.models?.library) ?? []
  const panes = useCompare(panesOf)
  const live = useCompare(isAnyLive)
  const isFull = panes.length >= 8 && panes.every(pane => pane.route !== null)
  const helpers = isFull || live ? [] : helpersFor({ panes, targets, runtimes, library })

  /** Into the first empty pane, or one more. */
  async function place(target: Target | null): Promise<Pane> {
    const empty = panes.find(pane => pane.route === null)
    const blank = empty ?? newPane(null, panes.at(-1)?.sampling)
    const pane = target ? asking(blank, askedOf(target)) : blank
    const next = empty ? panes.map(each => (each.id === empty.id ? pane : each)) : [...panes, pane]
    await onChange(resized({ panes: next, turns: turnsNow() }, layoutFor(next.length), []))
    return pane
  }
  async function help(helper: Helper) {
    if (helper.kind === 'place') await place(helper.target)
    else await startFor((await place(null)).id, helper.model, helper.build)
  }
  if (helpers.length === 0) return null
  return (
    <>
      <span className="h-5 w-px bg-frame" />
      {helpers.map(helper => (
        <Button key={helper.label} tone="quiet" size="low" icon={Plus} title={helper.title} onClick={() => void help(helper)}>
          {helper.label}
        </Button>
      ))}
    </>
  )
}
