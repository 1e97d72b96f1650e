import { Failure, reportOf } from '../../contract/failure'
import type { Job } from '../../contract/job'
import type { Collection } from '../store/store.types'
import type { Clock } from './clock'
import { createEventBus } from './event-bus'
import { closeSteps, rateOf } from './job-steps'
import type { JobChange, RunningJob } from './jobs.types'

const keptEndedJobs = 50
/** At most ten changes a second of one job reach the window. */
const coalesceMs = 100

export type JobsDependencies = {
  clock: Clock
  /** Where ended jobs are kept over a restart; without it they live as long as the host. */
  collection?: Collection<Job>
  /** Told when a job could not be kept (a full disk): it goes on all the same. */
  report?: (error: unknown) => void
}

/** The jobs with their listeners: every change is told, small ones gathered for a tenth of a second. */
export function createJobList({ clock, collection, report = () => undefined }: JobsDependencies) {
  const store = (change: () => void) => {
    try {
      change()
    } catch (error) {
      report(error)
    }
  }
  const jobs = new Map(storedJobs({ clock, collection }, store).map(stored => [stored.job.id, stored]))
  const bus = createEventBus<JobChange>()
  const gathering = new Map<string, NodeJS.Timeout>()

  const snapshot = (running: RunningJob): Job => ({
    ...running.job,
    ...rateOf(running, clock.monotonicMs()),
    steps: [...running.steps.values()].map(step => ({ ...step })),
    log: [...running.job.log],
  })

  const stopGathering = (id: string) => {
    clearTimeout(gathering.get(id))
    gathering.delete(id)
  }

  const tell = (running: RunningJob) => {
    stopGathering(running.job.id)
    bus.emit({ type: 'changed', job: snapshot(running) })
  }

  const drop = (id: string) => {
    stopGathering(id)
    jobs.delete(id)
    store(() => collection?.remove(id))
    bus.emit({ type: 'removed', id })
  }

  return {
    snapshot,
    drop,
    all: () => [...jobs.values()],
    get: (id: string) => jobs.get(id) ?? null,
    find(id: string): RunningJob {
      const running = jobs.get(id)
      if (!running) throw new Failure('not-found', `There is no job ${id}`)
      return running
    },
    /** Something small changed: told within a tenth of a second. */
    changed(running: RunningJob) {
      const { id } = running.job
      if (gathering.has(id)) return
      const timer = setTimeout(() => tell(running), coalesceMs)
      timer.unref()
      gathering.set(id, timer)
    },
    /** The job began or ended: kept and told at once. */
    keep(running: RunningJob): Job {
      const job = snapshot(running)
      jobs.set(job.id, running)
      store(() => collection?.set(job.id, job))
      tell(running)
      const ended = [...jobs.values()].filter(other => other.job.state !== 'running')
      for (const other of ended.slice(0, Math.max(0, ended.length - keptEndedJobs))) drop(other.job.id)
      return job
    },
    subscribe: (listener: (change: JobChange) => void) => bus.subscribe(listener),
  }
}

/** Jobs of earlier runs; one that was running then was cut off by the end of the app. */
function storedJobs(
  { collection, clock }: { collection: Collection<Job> | undefined; clock: Clock },
  store: (change: () => void) => void,
): RunningJob[] {
  const stored = (collection?.all() ?? []).map(({ value }) => value)
  stored.sort((a, b) => a.startedAt.localeCompare(b.startedAt))
  return stored.map(job => {
    const steps = new Map(job.steps.map(step => [step.id, { ...step }]))
    const plan = { kind: job.kind, title: job.title, steps: job.steps }
    const running: RunningJob = { plan, work: null, job, steps, abort: new AbortController(), ended: null, samples: [], measured: null }
    if (job.state !== 'running') return running
    const failure = reportOf(new Failure('cancelled', 'Roundhouse ended while this was running'))
    closeSteps(running, 'failed', clock.wall())
    running.job = { ...job, state: 'failed', failure, rate: null, secondsLeft: null, endedAt: clock.wall() }
    store(() => collection?.set(job.id, { ...running.job, steps: [...steps.values()] }))
    return running
  })
}
