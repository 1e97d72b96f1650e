import { create } from 'zustand'
import type { Instance } from '../../../electron/contract/instance'
import type { Job } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { useInstances } from '../shared/instances.store'
import { useJobs } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { setPanes, useCompare } from './compare.store'
import { asking, changedPane, type Asked } from './panes'
import { askedOf } from './targets'

/** Which pane waits for which job: the pane gets the route of what the job starts. */
export const useStarts = create<{ byPane: Readonly<Record<string, string>> }>(() => ({ byPane: {} }))

/** Starts a model for a pane, on a named runtime or on the best one that is here. */
export async function startFor(paneId: string, model: string, runtime: string | null = null): Promise<void> {
  const job = await act('It could not be started', async () =>
    client.instances.start(await client.instances.choose({ model, runtime, contextTokens: null })),
  )
  if (job) useStarts.setState(store => ({ byPane: { ...store.byPane, [paneId]: job.id } }))
}

/** The pane no longer waits for its job; the job itself goes on. */
export function forgetStart(paneId: string): void {
  useStarts.setState(store => ({ byPane: Object.fromEntries(Object.entries(store.byPane).filter(([id]) => id !== paneId)) }))
}

/** Which panes have what they waited for: pure. A job that was cancelled gives nothing, one that failed stays to be explained. */
export function settledStarts(
  byPane: Readonly<Record<string, string>>,
  jobs: readonly Job[],
  instances: readonly Instance[],
): { paneId: string; asked: Asked | null }[] {
  return Object.entries(byPane).flatMap(([paneId, jobId]) => {
    const job = jobs.find(each => each.id === jobId)
    const instance = job?.state === 'done' ? instances.find(each => each.id === job.result) : undefined
    if (!instance && job?.state !== 'cancelled') return []
    return [{ paneId, asked: instance ? askedOf({ route: instance.route, instance }) : null }]
  })
}

/** Gives panes their routes as jobs end, until the returned function is called. */
export function followStarts(): () => void {
  const settle = () => {
    const settled = settledStarts(useStarts.getState().byPane, useJobs.getState().jobs ?? [], useInstances.getState().instances ?? [])
    for (const { paneId, asked } of settled) {
      forgetStart(paneId)
      const panes = useCompare.getState().comparison?.panes ?? []
      const pane = panes.find(each => each.id === paneId)
      if (asked && pane) {
        void act('The pane could not be changed', () => setPanes(changedPane(panes, paneId, asking(pane, asked))))
      }
    }
  }
  const ends = [useJobs.subscribe(settle), useInstances.subscribe(settle), useStarts.subscribe(settle)]
  settle()
  return () => ends.forEach(end => end())
}
