import { HomeIcon } from './features/home/home-icon'
import { HomePlace } from './features/home/home-place'
import type { Place } from './features/shared/place'

/** The places that have something behind them, in the order of the rail; their digit is their position. */
export const places: readonly Place[] = [
  { id: 'home', title: 'Home', about: 'Recommendation for this machine', icon: HomeIcon, path: '/', also: ['/start'], view: HomePlace },
]
