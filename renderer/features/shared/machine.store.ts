import { create } from 'zustand'
import type { Machine } from '../../../electron/contract/machine'
import { client } from '../../client/client'
import { follow } from '../../client/follow'

/** What was detected; null until the host has answered. */
export const useMachine = create<{ machine: Machine | null }>(() => ({ machine: null }))

/** Follows the machine while the page is visible with live free memory, else only its changes. Until the signal ends it. */
export function followMachine(signal: AbortSignal, page: Document = document): void {
  let current = new AbortController()
  const watch = () => {
    current.abort()
    current = new AbortController()
    const live = !page.hidden
    void follow({
      open: inner => client.machine.watch({ live }, { signal: inner }),
      apply: machine => useMachine.setState({ machine }),
      signal: AbortSignal.any([signal, current.signal]),
    })
  }
  page.addEventListener('visibilitychange', watch)
  signal.addEventListener('abort', () => page.removeEventListener('visibilitychange', watch), { once: true })
  watch()
}
