import { create } from 'zustand'
import type { FailureReport } from '../../../electron/contract/failure'
import type { RuntimeSummary } from '../../../electron/contract/runtime'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'

export interface RuntimesStore {
  /** Every runtime the app knows; null until the host has answered. */
  runtimes: RuntimeSummary[] | null
  failure: FailureReport | null
}

export const useRuntimes = create<RuntimesStore>(() => ({ runtimes: null, failure: null }))

/** Asks which runtimes and builds there are; `again` looks on the disk anew. */
export async function loadRuntimes(again = false): Promise<void> {
  try {
    useRuntimes.setState({ runtimes: again ? await client.runtimes.refresh() : await client.runtimes.list(), failure: null })
  } catch (error) {
    useRuntimes.setState({ failure: reportOfError(error) })
  }
}
