import { randomUUID } from 'node:crypto'
import { Failure, reportOf } from '../../contract/failure'
import type { Job } from '../../contract/job'
import { createJobList, type JobsDependencies } from './job-list'
import { closeSteps, jobControl, waitingStep } from './job-steps'
import type { JobPlan, Jobs, JobWork, RunningJob } from './jobs.types'

/** The one list of long pieces of work: downloads, installs, starts, imports. */
export function createJobs(dependencies: JobsDependencies): Jobs {
  const { clock } = dependencies
  const list = createJobList(dependencies)

  const end = (running: RunningJob, state: 'done' | 'failed' | 'cancelled', outcome: Pick<Job, 'failure' | 'result'>): Job => {
    const endedAt = clock.wall()
    closeSteps(running, state, endedAt)
    Object.assign(running.job, { state, ...outcome, endedAt })
    return list.keep(running)
  }

  const perform = async (running: RunningJob, work: JobWork): Promise<Job> => {
    try {
      // The caller gets the job before the work says its first word.
      await Promise.resolve()
      running.abort.signal.throwIfAborted()
      const result = await work(jobControl(running, clock, () => list.changed(running)))
      return end(running, 'done', { failure: null, result })
    } catch (error) {
      if (running.abort.signal.aborted) return end(running, 'cancelled', { failure: null, result: null })
      return end(running, 'failed', { failure: reportOf(error), result: null })
    }
  }

  const begin = (id: string, plan: JobPlan, work: JobWork): Job => {
    const running: RunningJob = {
      plan,
      work,
      job: newJob(id, plan, clock.wall()),
      steps: new Map(plan.steps.map(step => [step.id, waitingStep(step)])),
      abort: new AbortController(),
      ended: null,
      samples: [],
      measured: null,
    }
    const job = list.keep(running)
    running.ended = perform(running, work)
    return job
  }

  return {
    run: (plan, work) => begin(randomUUID(), plan, work),
    async finished(id) {
      const running = list.find(id)
      return running.ended ?? list.snapshot(running)
    },
    get(id) {
      const running = list.get(id)
      return running && list.snapshot(running)
    },
    list: () => list.all().map(list.snapshot),
    cancel(id) {
      const { job, abort } = list.find(id)
      if (job.state === 'running') abort.abort(new Failure('cancelled', `${job.title} was cancelled`))
    },
    retry(id) {
      const { job, plan, work } = list.find(id)
      if (job.state === 'running') throw new Failure('already-running', `${job.title} is running`)
      if (!work) throw new Failure('not-found', `${job.title} belongs to an earlier run of Roundhouse; begin it anew`)
      return begin(id, plan, work)
    },
    dismiss(id) {
      if (list.find(id).job.state === 'running') throw new Failure('busy', 'A running job cannot be dismissed; cancel it first')
      list.drop(id)
    },
    subscribe: listener => list.subscribe(listener),
  }
}

const newJob = (id: string, { kind, title }: JobPlan, startedAt: string): Job => ({
  id,
  kind,
  title,
  state: 'running',
  steps: [],
  rate: null,
  secondsLeft: null,
  failure: null,
  result: null,
  log: [],
  startedAt,
  endedAt: null,
})
