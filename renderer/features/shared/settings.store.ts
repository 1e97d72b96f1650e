import { create } from 'zustand'
import type { Settings } from '../../../electron/contract/settings'
import { client } from '../../client/client'
import { follow } from '../../client/follow'
import { applyTheme } from '../../theme/theme'

/** The person's settings; null until the host has answered. */
export const useSettings = create<{ settings: Settings | null }>(() => ({ settings: null }))

export function followSettings(signal: AbortSignal): void {
  void follow({
    open: inner => client.settings.watch(undefined, { signal: inner }),
    apply: settings => {
      useSettings.setState({ settings })
      applyTheme(settings.theme)
    },
    signal,
  })
}

/** Changes the named settings; the window shows them at once and takes them back when the host refuses. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = useSettings.getState().settings
  if (before) useSettings.setState({ settings: { ...before, ...change } })
  if (change.theme) applyTheme(change.theme)
  try {
    useSettings.setState({ settings: await client.settings.change(change) })
  } catch (error) {
    useSettings.setState({ settings: before })
    if (before) applyTheme(before.theme)
    throw error
  }
}
