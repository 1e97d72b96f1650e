import Search from 'lucide-react/icons/search'
import { visibleTheme } from '../../theme/theme'
import { Icon } from '../../ui/icon'
import { IconButton } from '../../ui/icon-button'
import { commandKey, Kbd } from '../../ui/kbd'
import { ThemeIcon } from '../../ui/theme-icon'
import type { Place } from '../shared/place'
import { changeSettings } from '../shared/settings.store'
import { useBarTitle } from '../shared/title.store'

interface Props {
  place: Place | undefined
  onSearch: () => void
}

/** The top bar: where you are, the way to every command, the theme. */
export function Bar({ place, onSearch }: Props) {
  const { title, about } = useBarTitle()
  const words = title === null ? place?.about : about
  return (
    <header className="flex min-w-0 items-center gap-4 border-b border-line bg-surface pr-4 pl-gut [grid-area:bar]">
      <h1 className="min-w-0 truncate max-narrow:flex-1">{title ?? place?.title ?? 'Roundhouse'}</h1>
      <span className="min-w-0 flex-1 truncate text-ink-3 max-narrow:hidden">{words}</span>
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-7 w-64 shrink-0 items-center gap-2 rounded-1 border border-frame bg-sunken px-2 text-left text-ink-3 hover:border-edge max-wide:w-7 max-wide:px-[5px]"
      >
        <Icon of={Search} />
        <span className="flex-1 max-wide:sr-only">Search or run a command</span>
        <span className="max-wide:hidden">
          <Kbd>{commandKey} K</Kbd>
        </span>
      </button>
      <IconButton icon={ThemeIcon} label="Switch theme" onClick={() => void switchTheme()} />
    </header>
  )
}

/** To the other of light and dark, from what is seen now. A host that cannot be reached is no reason to keep the light on. */
export async function switchTheme(): Promise<void> {
  const theme = visibleTheme() === 'dark' ? 'light' : 'dark'
  await changeSettings({ theme }).catch(() => undefined)
}
