import ChevronDown from 'lucide-react/icons/chevron-down'
import { useLocation } from 'wouter'
import type { LibraryModel } from '../../../electron/contract/model'
import { bytes } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu'
import { libraryName } from '../shared/model-words'
import { useModels } from '../shared/models.store'
import { startablesOf, type Target } from './targets'

/** On the chip of a pane that asks nothing yet. */
const nothing = 'Choose what to ask'

interface Props {
  number: number
  route: string | null
  target: Target | null
  targets: readonly Target[]
  disabled: boolean
  onChoose: (target: Target) => void
  onStart: (model: LibraryModel) => void
}

/** The chip of a pane: what it asks, and the menu of all that could be asked, running or not. */
export function TargetMenu({ number, route, target, targets, disabled, onChoose, onStart }: Props) {
  const [, navigate] = useLocation()
  const library = useModels(store => store.models?.library)
  const startables = startablesOf(library ?? [], targets)
  const words = target ? `${target.instance.buildTitle} ${target.instance.modelTitle}` : (route ?? nothing)
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Target of pane ${number}: ${words}`}
          disabled={disabled}
          title={words}
          className="flex h-6 min-w-0 items-center gap-1.5 rounded-1 border border-frame bg-raised px-2 whitespace-nowrap hover:border-edge disabled:border-line"
        >
          <ChipWords route={route} target={target} />
          <Icon of={ChevronDown} small />
        </button>
      }
    >
      {targets.length > 0 && <MenuLabel>Running</MenuLabel>}
      {targets.map(each => (
        <MenuItem key={each.route} disabled={!each.ready} onSelect={() => onChoose(each)} about={aboutTarget(each)}>
          <b>{each.instance.buildTitle}</b> <span className="text-ink-2">{each.instance.modelTitle}</span>
        </MenuItem>
      ))}
      {startables.length > 0 && <MenuLabel>Here, not running</MenuLabel>}
      {startables.map(({ model }) => (
        <MenuItem key={model.id} onSelect={() => onStart(model)} about={aboutModel(model)}>
          Start {libraryName(model)}
        </MenuItem>
      ))}
      {targets.length + startables.length > 0 && <MenuLine />}
      <MenuItem onSelect={() => navigate('/models')} about="download or import one">
        More models…
      </MenuItem>
    </Menu>
  )
}

function ChipWords({ route, target }: { route: string | null; target: Target | null }) {
  if (target) {
    return (
      <>
        {/* The space is not drawn in this row; it keeps the two words apart for who hears them. */}
        <b className="truncate">{target.instance.buildTitle}</b>{' '}
        <span className="chip-model truncate text-ink-2">{target.instance.modelTitle}</span>
      </>
    )
  }
  return <span className="truncate text-ink-2">{route ?? nothing}</span>
}

function aboutTarget({ instance, devices, ready }: Target): string {
  const where = devices.length === 0 ? null : devices.join(' and ')
  const test = instance.engineTest ? 'engine test: knows its answers by heart' : null
  return [ready ? null : 'loading', instance.runtimeTitle, where, test].filter(Boolean).join(' · ')
}

function aboutModel(model: LibraryModel): string {
  return model.engineTest ? 'engine test: knows its answers by heart' : `${bytes(model.bytes)}, on the best runtime that is here`
}
