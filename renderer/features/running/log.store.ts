import { create } from 'zustand'
import type { FailureReport } from '../../../electron/contract/failure'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { follow } from '../../client/follow'
import { emptyLog, reduceLog, type Log } from './log-reducer'

export interface LogStore {
  /** Whose log it is. */
  instance: string | null
  log: Log
  /** The host has no log of it any more. */
  failure: FailureReport | null
}

export const useLog = create<LogStore>(() => ({ instance: null, log: emptyLog, failure: null }))

/** Follows the log of one instance until the signal ends it; the host sends lines in batches. */
export function followLog(instance: string, signal: AbortSignal): void {
  useLog.setState({ instance, log: emptyLog, failure: null })
  void follow({
    open: inner => client.instances.logs({ id: instance }, { signal: inner }),
    apply: event => {
      if (!signal.aborted) useLog.setState(store => ({ log: reduceLog(store.log, event) }))
    },
    signal,
    onRefused: error => useLog.setState({ failure: reportOfError(error) }),
  })
}
