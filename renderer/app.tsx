import Keyboard from 'lucide-react/icons/keyboard'
import { useCallback, useMemo, useState } from 'react'
import { Redirect, Router, useLocation } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Activity } from './features/activity/activity'
import { useCompareCommands } from './features/compare/use-compare-commands'
import { AppFrame } from './features/frame/app-frame'
import { Shortcuts } from './features/frame/shortcuts'
import { useHomeCommands } from './features/home/home-commands'
import { useBaseCommands } from './features/palette/base-commands'
import { Palette } from './features/palette/palette'
import { useRuntimeCommands } from './features/runtimes/runtime-commands'
import { useCommands, type Command } from './features/shared/commands'
import { placeAt } from './features/shared/place'
import { places } from './places'
import { TooltipProvider } from './ui/tooltip'

/** The window: the frame around the place that the hash route names. */
export function App() {
  return (
    <Router hook={useHashLocation}>
      <TooltipProvider>
        <Window />
      </TooltipProvider>
    </Router>
  )
}

function Window() {
  const [location] = useLocation()
  const [searching, setSearching] = useState(false)
  const openPalette = useCallback(() => setSearching(open => !open), [])
  const [helping, setHelping] = useState(false)
  const openHelp = useCallback(() => setHelping(true), [])
  useCommands(
    'help',
    useMemo(() => [keysCommand(openHelp)], [openHelp]),
  )
  useBaseCommands(places)
  useHomeCommands()
  useCompareCommands()
  useRuntimeCommands()
  const View = placeAt(places, location)?.view
  return (
    <AppFrame places={places} onSearch={openPalette} onHelp={openHelp} activity={<Activity />}>
      {View ? <View /> : <Redirect to="/" />}
      <Palette open={searching} onOpenChange={setSearching} />
      <Shortcuts places={places} open={helping} onOpenChange={setHelping} />
    </AppFrame>
  )
}

const keysCommand = (run: () => void): Command => ({
  id: 'help.keys',
  title: 'Keyboard shortcuts',
  group: 'Look',
  icon: Keyboard,
  keywords: ['help', 'keys', 'hotkeys'],
  keys: '?',
  run,
})
