import Activity from 'lucide-react/icons/activity'
import ChartScatter from 'lucide-react/icons/chart-scatter'
import Layers from 'lucide-react/icons/layers'
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import { CompareIcon } from './features/compare/compare-icon'
import { ComparePlace } from './features/compare/compare-place'
import { HomeIcon } from './features/home/home-icon'
import { HomePlace } from './features/home/home-place'
import { ModelsPlace } from './features/models/models-place'
import { PredictionsView } from './features/predictions/predictions-view'
import { RuntimesIcon } from './features/runtimes/runtimes-icon'
import { RuntimesPlace } from './features/runtimes/runtimes-place'
import { RunningPlace } from './features/running/running-place'
import { SettingsPlace } from './features/settings/settings-place'
import type { Place } from './features/shared/place'

/** The places that have something behind them, in the order of the rail; their digit is their position. */
export const places: readonly Place[] = [
  {
    id: 'home',
    title: 'Home',
    about: 'Recommendation for this machine',
    icon: HomeIcon,
    path: '/',
    also: ['/start'],
    view: HomePlace,
  },
  { id: 'compare', title: 'Compare', about: 'Answers side by side', icon: CompareIcon, path: '/compare', view: ComparePlace },
  { id: 'models', title: 'Models', about: 'Library and catalogue', icon: Layers, path: '/models', view: ModelsPlace },
  { id: 'runtimes', title: 'Runtimes', about: 'Engines, builds and settings', icon: RuntimesIcon, path: '/runtimes', view: RuntimesPlace },
  { id: 'running', title: 'Running', about: 'Processes, memory and logs', icon: Activity, path: '/running', view: RunningPlace },
  {
    id: 'predictions',
    title: 'Predicted against measured',
    about: 'Every run beside what was said of it',
    icon: ChartScatter,
    path: '/predictions',
    view: PredictionsView,
    hidden: true,
  },
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
