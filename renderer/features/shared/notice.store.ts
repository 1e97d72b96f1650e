import { create } from 'zustand'
import type { FailureReport } from '../../../electron/contract/failure'
import { reportOfError, wasAborted } from '../../client/failure'

export interface Notice {
  headline: string
  report: FailureReport
}

/** The last action that failed and has no place of its own to say so; null when there is none. */
export const useNotice = create<{ notice: Notice | null }>(() => ({ notice: null }))

/** Runs an action of the person; a failure is told under the bar with this headline. Resolves to null then. */
export async function act<Value>(headline: string, action: () => Promise<Value>): Promise<Value | null> {
  try {
    return await action()
  } catch (error) {
    if (!wasAborted(error)) useNotice.setState({ notice: { headline, report: reportOfError(error) } })
    return null
  }
}

/** Takes the notice away. */
export function dismissNotice(): void {
  useNotice.setState({ notice: null })
}
