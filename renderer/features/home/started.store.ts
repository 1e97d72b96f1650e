import { create } from 'zustand'
import type { Decision } from '../../../electron/contract/decision'

const storageKey = 'roundhouse-started'
const keptStarts = 20

/** The decision a start was made from, by job: its estimate stands beside the measurement. Outlives a reload. */
export const useStarted = create<{ byJob: Record<string, Decision> }>(() => ({ byJob: remembered() }))

export function keepStarted(job: string, decision: Decision): void {
  useStarted.setState(({ byJob }) => ({ byJob: Object.fromEntries(Object.entries({ ...byJob, [job]: decision }).slice(-keptStarts)) }))
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(useStarted.getState().byJob))
  } catch {
    // Without storage the estimate is read from the instance once there is one.
  }
}

function remembered(): Record<string, Decision> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}')
    return isRecordOfDecisions(kept) ? kept : {}
  } catch {
    return {}
  }
}

/** Written by this page only, so a look at the outside is enough to tell an older version's. */
function isRecordOfDecisions(kept: unknown): kept is Record<string, Decision> {
  if (typeof kept !== 'object' || kept === null) return false
  return Object.values(kept).every(each => typeof each === 'object' && each !== null && 'modelTitle' in each && 'memory' in each)
}
