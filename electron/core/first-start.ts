import * as z from 'zod'
import type { Jobs } from './lib/jobs.types'
import type { Measurements } from './store/measurements'
import type { Store } from './store/store.types'

export type FirstStartDeps = {
  store: Pick<Store, 'collection'>
  jobs: Pick<Jobs, 'list' | 'subscribe'>
  measurements: Pick<Measurements, 'all'>
  report(error: unknown): void
}

const key = 'first-start'
/** Stands for the job of a home that started something before this was kept. */
const earlier = 'earlier'

/** Remembers which start was the first here that went well; the returned function tells its job, null while there was none. */
export function createFirstStart({ store, jobs, measurements, report }: FirstStartDeps): () => string | null {
  const rows = store.collection('home', z.string())
  const keep = (job: string) => {
    try {
      rows.set(key, job)
    } catch (error) {
      report(error)
    }
  }
  const wentWell = ({ kind, state }: { kind: string; state: string }) => kind === 'start' && state === 'done'
  if (rows.get(key) === null && (measurements.all().length > 0 || jobs.list().some(wentWell))) keep(earlier)
  jobs.subscribe(change => {
    if (change.type === 'changed' && wentWell(change.job) && rows.get(key) === null) keep(change.job.id)
  })
  return () => rows.get(key)
}
