import MessageSquareText from 'lucide-react/icons/message-square-text'
import Plus from 'lucide-react/icons/plus'
import { useLocation } from 'wouter'
import type { Comparison, Pane } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { act } from '../shared/notice.store'
import { libraryName } from '../shared/model-words'
import { useModels } from '../shared/models.store'
import { useRuntimes } from '../shared/runtimes.store'
import { setPanes } from './compare.store'
import { isLive, lastGenerations } from './comparison-reducer'
import { Earlier } from './earlier'
import { layoutFor, layouts, newPane, resized } from './panes'
import { Parameters } from './parameters'
import { startFor } from './starts.store'
import { otherBuildFor, startablesOf, type Target } from './targets'

interface Props {
  comparison: Comparison
  targets: readonly Target[]
}

/** How many panes, what could stand beside them, and the other comparisons. */
export function Toolbar({ comparison, targets }: Props) {
  const [, navigate] = useLocation()
  const { panes } = comparison
  const live = lastGenerations(comparison).some(isLive)
  const free = targets.filter(target => target.ready).map(target => target.route)
  const change = (next: Pane[]) => act('The panes could not be changed', () => setPanes(next))
  const [first] = panes
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <ChooseOne
        legend="Panes"
        options={layouts.map(each => ({ value: String(each), label: String(each) }))}
        value={String(panes.length)}
        onChange={size => void change(resized(comparison, Number(size), free))}
      />
      <span className="h-5 w-px bg-frame" />
      <Helpers comparison={comparison} targets={targets} live={live} onChange={change} />
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
      <Earlier current={comparison.id} />
      <Button tone="quiet" size="low" icon={Plus} onClick={() => navigate('/compare/new')}>
        New comparison
      </Button>
    </div>
  )
}

interface HelpersProps extends Props {
  live: boolean
  onChange: (panes: Pane[]) => Promise<unknown>
}

/** What could be set beside the panes with one click; each is there only while it is possible. */
function Helpers({ comparison, targets, live, onChange }: HelpersProps) {
  const runtimes = useRuntimes(store => store.runtimes)
  const library = useModels(store => store.models?.library)
  const { panes } = comparison
  const shown = targets.find(target => panes.some(pane => pane.route === target.route))
  const unused = targets.filter(target => target.ready && panes.every(pane => pane.route !== target.route))
  const sameModel = unused.find(target => target.instance.model === shown?.instance.model)
  const otherModel = unused.find(target => target.instance.model !== shown?.instance.model)
  const otherBuild = shown && !sameModel ? otherBuildFor(shown.instance.model, targets, runtimes ?? []) : null
  const startable = otherModel ? undefined : startablesOf(library ?? [], targets).find(each => !each.model.engineTest)

  /** The first empty pane, or one more; null when the grid is full. */
  async function place(route: string | null): Promise<Pane | null> {
    const empty = panes.find(pane => pane.route === null)
    const pane = empty ? { ...empty, route } : newPane(route, panes.at(-1)?.sampling)
    const next = empty ? panes.map(each => (each.id === empty.id ? pane : each)) : [...panes, pane]
    if (next.length > 8) return null
    const size = layoutFor(next.length)
    await onChange(next.length === size ? next : resized({ ...comparison, panes: next }, size, []))
    return pane
  }
  async function startBeside(model: string, runtime: string | null) {
    const pane = await place(null)
    if (pane) await startFor(pane.id, model, runtime)
  }
  const full = panes.length >= 8 && panes.every(pane => pane.route !== null)
  if (full || live) return null
  return (
    <>
      {sameModel && (
        <Button tone="quiet" size="low" icon={Plus} onClick={() => void place(sameModel.route)}>
          same model on {sameModel.instance.buildTitle}
        </Button>
      )}
      {otherBuild && shown && (
        <Button
          tone="quiet"
          size="low"
          icon={Plus}
          title={`Starts ${shown.instance.modelTitle} on ${otherBuild.title}`}
          onClick={() => void startBeside(shown.instance.model, otherBuild.id)}
        >
          same model on {otherBuild.title}
        </Button>
      )}
      {otherModel && (
        <Button tone="quiet" size="low" icon={Plus} onClick={() => void place(otherModel.route)}>
          {otherModel.instance.modelTitle}
        </Button>
      )}
      {startable && (
        <Button
          tone="quiet"
          size="low"
          icon={Plus}
          title={`Starts ${libraryName(startable.model)} with the best runtime that is here`}
          onClick={() => void startBeside(startable.model.id, null)}
        >
          other model
        </Button>
      )}
    </>
  )
}
