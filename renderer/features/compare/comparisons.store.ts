import { create } from 'zustand'
import type { ComparisonSummary } from '../../../electron/contract/compare'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import type { FailureReport } from '../../../electron/contract/failure'

export interface ComparisonsStore {
  /** Earlier comparisons, newest first; null until the host has answered. */
  list: ComparisonSummary[] | null
  failure: FailureReport | null
}

export const useComparisons = create<ComparisonsStore>(() => ({ list: null, failure: null }))

/** Asks which comparisons there are; the window asks again whenever it has changed one. */
export async function loadComparisons(): Promise<void> {
  try {
    useComparisons.setState({ list: await client.compare.list(), failure: null })
  } catch (error) {
    useComparisons.setState({ failure: reportOfError(error) })
  }
}

/** Gives a comparison another name. */
export async function renameComparison(id: string, title: string): Promise<void> {
  await client.compare.rename({ id, title })
  await loadComparisons()
}

/** Removes a comparison with its answers. */
export async function removeComparison(id: string): Promise<void> {
  await client.compare.remove({ id })
  await loadComparisons()
}
