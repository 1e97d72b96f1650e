import { create } from 'zustand'
import type { SystemInfo } from '../../../electron/contract/system'
import { client } from '../../client/client'

/** The host: version, home, process; null until it has answered. */
export const useSystem = create<{ system: SystemInfo | null }>(() => ({ system: null }))

/** Asks once a connection; a host that was started again has another process and maybe other notices. */
export async function loadSystem(): Promise<void> {
  try {
    useSystem.setState({ system: await client.system.info() })
  } catch {
    // The strip says that there is no connection; the next one asks again.
  }
}
