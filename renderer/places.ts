import Columns2 from 'lucide-react/icons/columns-2'
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import { ComparePlace } from './features/compare/compare-place'
import { HomeIcon } from './features/home/home-icon'
import { HomePlace } from './features/home/home-place'
import { SettingsPlace } from './features/settings/settings-place'
import type { Place } from './features/shared/place'

/** The places that have something behind them, in the order of the rail; their digit is their position. */
export const places: readonly Place[] = [
  { id: 'home', title: 'Home', about: 'Recommendation for this machine', icon: HomeIcon, path: '/', also: ['/start'], view: HomePlace },
  { id: 'compare', title: 'Compare', about: 'Answers side by side', icon: Columns2, path: '/compare', view: ComparePlace },
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
