import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import { HomeIcon } from './features/home/home-icon'
import { HomePlace } from './features/home/home-place'
import { SettingsPlace } from './features/settings/settings-place'
import type { Place } from './features/shared/place'

/** The places that have something behind them, in the order of the rail; their digit is their position. */
export const places: readonly Place[] = [
  { id: 'home', title: 'Home', about: 'Recommendation for this machine', icon: HomeIcon, path: '/', also: ['/start'], view: HomePlace },
  {
    id: 'settings',
    title: 'Settings',
    about: 'Theme, address, folders',
    icon: SlidersHorizontal,
    path: '/settings',
    view: SettingsPlace,
    foot: true,
  },
]
