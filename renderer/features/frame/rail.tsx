import { Link } from 'wouter'
import { classes } from '../../ui/classes'
import { Icon } from '../../ui/icon'
import { Mark } from '../../ui/mark'
import type { Place } from '../shared/place'

interface Props {
  places: readonly Place[]
  current: Place | undefined
}

/** The left rail: icon, word and digit of its key; below 1180 px the icons alone. */
export function Rail({ places, current }: Props) {
  const numbered = places.filter(place => !place.foot && !place.hidden)
  return (
    <nav
      aria-label="Places"
      className="flex min-h-0 flex-col gap-0.5 overflow-y-auto border-r border-line bg-chrome px-2 pb-2 [grid-area:rail]"
    >
      <div className="mb-1 flex h-(--bar) shrink-0 items-center gap-2 px-1.5 text-14 font-semibold tracking-[-0.01em] max-wide:px-[5px]">
        <Mark />
        <span className="max-wide:sr-only">Roundhouse</span>
      </div>
      <ol className="grid gap-0.5">
        {numbered.map((place, index) => (
          <li key={place.id}>
            <Entry place={place} active={place === current} digit={String(index + 1)} />
          </li>
        ))}
      </ol>
      <ul className="mt-auto grid gap-0.5 pt-2">
        {places
          .filter(place => place.foot)
          .map(place => (
            <li key={place.id}>
              <Entry place={place} active={place === current} />
            </li>
          ))}
      </ul>
    </nav>
  )
}

function Entry({ place, active, digit }: { place: Place; active: boolean; digit?: string }) {
  return (
    <Link
      href={place.path}
      {...(active ? { 'aria-current': 'page' as const } : {})}
      {...(digit ? { 'aria-keyshortcuts': digit } : {})}
      title={digit ? `${place.title} (${digit})` : place.title}
      className={classes(
        'relative flex h-8 items-center gap-2 rounded-1 px-2 no-underline',
        active
          ? 'bg-select text-ink before:absolute before:top-1.5 before:bottom-1.5 before:-left-2 before:w-[3px] before:rounded-r-[2px] before:bg-accent-edge'
          : 'text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      <Icon of={place.icon} />
      <span className="max-wide:sr-only">{place.title}</span>
      {digit && (
        <kbd aria-hidden="true" className="ml-auto font-sans text-11 text-ink-3 max-wide:hidden">
          {digit}
        </kbd>
      )}
    </Link>
  )
}
