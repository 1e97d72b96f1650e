import Download from 'lucide-react/icons/download'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import Stethoscope from 'lucide-react/icons/stethoscope'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import type { RuntimeSummary } from '../../../electron/contract/runtime'
import { useCommands, type Command } from '../shared/commands'
import { act } from '../shared/notice.store'
import { loadRuntimes, useRuntimes } from '../shared/runtimes.store'
import { RuntimesIcon } from './runtimes-icon'
import { wishFor, type Wish } from './wish.store'

/** Offers going to each runtime, installing, updating and examining it, from anywhere in the window. */
export function useRuntimeCommands(): void {
  const runtimes = useRuntimes(store => store.runtimes)
  const [, navigate] = useLocation()
  const commands = useMemo((): Command[] => {
    if (!runtimes) return []
    const open = (runtime: RuntimeSummary, what: Wish | null) => {
      if (what) wishFor(runtime.id, what)
      navigate(`/runtimes/${runtime.id}`)
    }
    return [...runtimes.flatMap(runtime => commandsOf(runtime, open)), lookAgain]
  }, [runtimes, navigate])
  useCommands('runtimes', commands)
}

const lookAgain: Command = {
  id: 'runtimes.refresh',
  title: 'Look for builds again',
  group: 'Runtimes',
  icon: RefreshCw,
  keywords: ['runtimes', 'scan', 'refresh'],
  run: () => void act('Builds could not be looked for', () => loadRuntimes(true)),
}

/** What makes sense for one runtime now; the plan is shown before anything is done. */
export function commandsOf(runtime: RuntimeSummary, open: (runtime: RuntimeSummary, what: Wish | null) => void): Command[] {
  const { id, title, purpose, builds, offers } = runtime
  const command = (what: Wish | null, words: Omit<Command, 'group' | 'run'>): Command => ({
    ...words,
    group: 'Runtimes',
    run: () => open(runtime, what),
  })
  const ours = builds.some(build => build.origin === 'managed')
  const offered = offers.some(offer => offer.why === null)
  return [
    command(null, { id: `runtime.${id}`, title, icon: RuntimesIcon, keywords: ['runtime', 'go to', 'settings', 'builds', id, purpose] }),
    ...(offered && !ours
      ? [command('install', { id: `install.${id}`, title: `Install ${title}…`, icon: Download, keywords: ['add', 'get', 'runtime', id] })]
      : []),
    ...(ours
      ? [
          command('update', {
            id: `update.${id}`,
            title: `Update ${title}…`,
            icon: RefreshCw,
            keywords: ['upgrade', 'newer', 'runtime', id],
          }),
        ]
      : []),
    command('doctor', {
      ...{ id: `doctor.${id}`, title: `Check ${title}`, icon: Stethoscope },
      keywords: ['doctor', 'examine', 'diagnose', 'why', 'runtime', id],
    }),
  ]
}
