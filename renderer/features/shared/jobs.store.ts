import { create } from 'zustand'
import type { Job, JobsEvent } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { follow } from '../../client/follow'
import { reduceKeyed } from './keyed'

export interface JobsStore {
  /** All jobs the host knows, oldest first; null until it has answered. */
  jobs: Job[] | null
}

export const useJobs = create<JobsStore>(() => ({ jobs: null }))

/** How an event changes the list: pure. */
export function reduceJobs(store: JobsStore, event: JobsEvent): JobsStore {
  if (event.type === 'snapshot') return { jobs: reduceKeyed(store.jobs, { type: 'snapshot', items: event.jobs }) }
  if (event.type === 'changed') return { jobs: reduceKeyed(store.jobs, { type: 'changed', item: event.job }) }
  return { jobs: reduceKeyed(store.jobs, event) }
}

export function followJobs(signal: AbortSignal): void {
  void follow({
    open: inner => client.jobs.watch(undefined, { signal: inner }),
    apply: event => useJobs.setState(store => reduceJobs(store, event)),
    signal,
  })
}

/** Share done of the step that runs, 0..1; null when it cannot be counted. */
export function runningShare(job: Job): number | null {
  const step = job.steps.find(each => each.state === 'running')
  if (step?.done == null || step.total === null || step.total <= 0) return null
  return Math.min(1, step.done / step.total)
}
