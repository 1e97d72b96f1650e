import Copy from 'lucide-react/icons/copy'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import Square from 'lucide-react/icons/square'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { client } from '../../client/client'
import { copyText } from '../../ui/copy-text'
import { ThemeIcon } from '../../ui/theme-icon'
import { useCommands, type Command } from '../shared/commands'
import { useGateway } from '../shared/gateway.store'
import { useInstances } from '../shared/instances.store'
import { act } from '../shared/notice.store'
import type { Place } from '../shared/place'
import { changeSettings } from '../shared/settings.store'

/** Offers what belongs to no single place: the places, the theme, the address, stopping, detecting again. */
export function useBaseCommands(places: readonly Place[]): void {
  usePlaceCommands(places)
  useInstanceCommands()
  useCommands('app', appCommands)
  useAddressCommands()
}

function usePlaceCommands(places: readonly Place[]): void {
  const [, navigate] = useLocation()
  const commands = useMemo(
    () =>
      places.map((place, index): Command => ({
        id: `go.${place.id}`,
        title: place.title,
        group: 'Go to',
        icon: place.icon,
        keywords: [place.about],
        ...(place.foot || place.hidden ? {} : { keys: String(index + 1) }),
        run: () => navigate(place.path),
      })),
    [places, navigate],
  )
  useCommands('places', commands)
}

function useInstanceCommands(): void {
  const instances = useInstances(store => store.instances)
  const commands = useMemo(
    () =>
      (instances ?? [])
        .filter(instance => !instance.adopted && ['ready', 'starting', 'backoff'].includes(instance.state.kind))
        .map((instance): Command => ({
          id: `stop.${instance.id}`,
          title: `Stop ${instance.modelTitle} on ${instance.runtimeTitle}`,
          group: 'Running',
          icon: Square,
          keywords: [instance.id, 'end', 'unload'],
          run: () => void act(`${instance.modelTitle} could not be stopped`, () => client.instances.stop({ id: instance.id })),
        })),
    [instances],
  )
  useCommands('instances', commands)
}

function useAddressCommands(): void {
  const address = useGateway(store => store.gateway?.address ?? null)
  const commands = useMemo(
    (): Command[] =>
      address === null
        ? []
        : [
            {
              id: 'copy.address',
              title: `Copy the address ${address}`,
              group: 'Do',
              icon: Copy,
              keywords: ['gateway', 'url', 'openai'],
              run: () => void act('The address could not be copied', () => copyText(address)),
            },
            {
              id: 'copy.key',
              title: 'Copy the key',
              group: 'Do',
              icon: Copy,
              keywords: ['token', 'api', 'bearer'],
              run: () => void act('The key could not be copied', async () => copyText((await client.system.key()).key)),
            },
          ],
    [address],
  )
  useCommands('address', commands)
}

const theme = (choice: 'system' | 'light' | 'dark', title: string): Command => ({
  id: `theme.${choice}`,
  title,
  group: 'Look',
  icon: ThemeIcon,
  keywords: ['theme', 'colour', 'appearance'],
  run: () => void act('The theme could not be kept', () => changeSettings({ theme: choice })),
})

const appCommands: readonly Command[] = [
  {
    id: 'machine.detect',
    title: 'Detect this machine again',
    group: 'Do',
    icon: RefreshCw,
    keywords: ['gpu', 'hardware', 'scan', 'refresh'],
    run: () => void act('The machine could not be detected', () => client.machine.detect()),
  },
  theme('light', 'Light theme'),
  theme('dark', 'Dark theme'),
  theme('system', 'Theme of the system'),
]
