import type { Job, JobsEvent, Step } from '../../contract/job'

/** What the work tells about one of its steps. The first call of any of these starts the step. */
export type StepControl = {
  start(detail?: string): void
  /** `total` is null while unknown. */
  progress(done: number, total: number | null, unit?: 'bytes' | 'steps' | 'percent'): void
  detail(text: string): void
  done(detail?: string): void
  /** There was nothing to do; the reason is shown. */
  skip(reason: string): void
}

/** What a running job gives to its work. */
export type JobControl = {
  id: string
  /** Fires when the person cancels; its reason is a Failure `cancelled`. */
  signal: AbortSignal
  step(id: string): StepControl
  /** One line of the job's log. */
  log(text: string): void
}

export type JobPlan = { kind: Job['kind']; title: string; steps: readonly { id: string; title: string }[] }

/** Does the work and returns the id of what it made; what it throws becomes the job's failure. */
export type JobWork = (job: JobControl) => Promise<string | null>

/** The changes of the list; who sends it on puts a snapshot of `list()` in front. */
export type JobChange = Exclude<JobsEvent, { type: 'snapshot' }>

export type Jobs = {
  /** Starts the work at once and returns the job as it is now. */
  run(plan: JobPlan, work: JobWork): Job
  /** Resolves with the job when it has ended, whichever way; rejects with `not-found`. */
  finished(id: string): Promise<Job>
  get(id: string): Job | null
  /** Oldest first. */
  list(): Job[]
  /** Asks the work to stop; the job ends when the work has let go. */
  cancel(id: string): void
  /** Runs the same work again under the same id; only an ended job of this run of the app can be. */
  retry(id: string): Job
  /** Takes an ended job off the list. */
  dismiss(id: string): void
  subscribe(listener: (change: JobChange) => void): () => void
}

/** A job with what only this process knows of it. */
export type RunningJob = {
  plan: JobPlan
  work: JobWork | null
  job: Job
  steps: Map<string, Step>
  abort: AbortController
  /** Null for a job of an earlier run of the app. */
  ended: Promise<Job> | null
  /** Amounts of the running step with the time they were told, for the rate. */
  samples: { atMs: number; done: number }[]
  measured: Step | null
}
