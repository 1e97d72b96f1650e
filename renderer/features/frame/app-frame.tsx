import { useCallback, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { placeAt, type Place } from '../shared/place'
import { Bar } from './bar'
import { useGlobalKeys } from './keys'
import { HostLine } from './host-line'
import { NoticeLine } from './notice'
import { Rail } from './rail'
import { Strip } from './strip'
import { UndoLine } from './undo-line'

interface Props {
  places: readonly Place[]
  onSearch: () => void
  /** Shows the keys. */
  onHelp: () => void
  /** What the strip shows of long work. */
  activity: ReactNode
  children: ReactNode
}

/** Rail, bar, page and strip around whatever place is shown. */
export function AppFrame({ places, onSearch, onHelp, activity, children }: Props) {
  const [location, navigate] = useLocation()
  const current = placeAt(places, location)
  const onDigit = useCallback(
    (digit: number) => {
      const place = places.filter(each => !each.foot && !each.hidden)[digit - 1]
      if (place) navigate(place.path)
    },
    [places, navigate],
  )
  useGlobalKeys({ onDigit, onSearch, onHelp })
  return (
    <div className="app-frame h-screen">
      <a
        href="#main"
        onClick={event => {
          // The hash is the route, so the jump is made by hand.
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-40 focus:bg-raised focus:p-2"
      >
        Skip to content
      </a>
      <Rail places={places} current={current} />
      <Bar place={current} onSearch={onSearch} />
      <main id="main" tabIndex={-1} className="min-w-0 overflow-auto [grid-area:page] focus-visible:-outline-offset-2">
        <HostLine />
        <NoticeLine />
        <UndoLine />
        {children}
      </main>
      <Strip hasRunning={places.some(place => place.path === '/running')} activity={activity} />
    </div>
  )
}
