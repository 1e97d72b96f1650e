import { Failure } from '../../contract/failure'
import type { Job, Step } from '../../contract/job'
import type { Clock } from './clock'
import type { JobControl, RunningJob, StepControl } from './jobs.types'

const rateWindowMs = 5_000
const keptLogLines = 500

export const waitingStep = ({ id, title }: { id: string; title: string }): Step => ({
  id,
  title,
  state: 'waiting',
  detail: null,
  done: null,
  total: null,
  unit: null,
  startedAt: null,
  endedAt: null,
})

/** What the work of a job is handed; `changed` is called after each change. */
export function jobControl(running: RunningJob, clock: Clock, changed: () => void): JobControl {
  return {
    id: running.job.id,
    signal: running.abort.signal,
    step: id => stepControl(running, findStep(running, id), { clock, changed }),
    log(text) {
      running.job.log.push({ at: clock.wall(), text })
      if (running.job.log.length > keptLogLines) running.job.log.splice(0, running.job.log.length - keptLogLines)
      changed()
    },
  }
}

function findStep(running: RunningJob, id: string): Step {
  const step = running.steps.get(id)
  if (!step) throw new Failure('unexpected', `The job ${running.job.title} has no step ${id}`)
  return step
}

function stepControl(running: RunningJob, step: Step, { clock, changed }: { clock: Clock; changed: () => void }): StepControl {
  const begin = () => {
    if (step.state === 'running') return
    step.state = 'running'
    step.startedAt ??= clock.wall()
    step.endedAt = null
  }
  const end = (state: Step['state'], detail: string | undefined) => {
    step.state = state
    step.startedAt ??= clock.wall()
    step.endedAt = clock.wall()
    if (detail !== undefined) step.detail = detail
    if (running.measured === step) forgetRate(running)
    changed()
  }
  return {
    start(detail) {
      begin()
      if (detail !== undefined) step.detail = detail
      changed()
    },
    progress(done, total, unit = 'bytes') {
      begin()
      Object.assign(step, { done, total, unit })
      measure(running, step, clock.monotonicMs())
      changed()
    },
    detail(text) {
      begin()
      step.detail = text
      changed()
    },
    done: detail => end('done', detail),
    skip: reason => end('skipped', reason),
  }
}

function measure(running: RunningJob, step: Step, atMs: number) {
  if (running.measured !== step) forgetRate(running)
  running.measured = step
  const last = running.samples.at(-1)
  // An amount that falls is a new beginning: a file that could not be resumed, or the next of several.
  if (last && step.done !== null && step.done < last.done) running.samples = []
  running.samples.push({ atMs, done: step.done ?? 0 })
  const oldest = running.samples.findIndex(sample => sample.atMs >= atMs - rateWindowMs)
  if (oldest > 0) running.samples.splice(0, oldest)
}

function forgetRate(running: RunningJob) {
  running.samples = []
  running.measured = null
}

/** Amount a second over the last five seconds, and the seconds that the rest takes at that rate; null when not known. */
export function rateOf(running: RunningJob, nowMs: number): Pick<Job, 'rate' | 'secondsLeft'> {
  const recent = running.samples.filter(sample => sample.atMs >= nowMs - rateWindowMs)
  const first = recent[0]
  const last = recent.at(-1)
  if (!first || !last || last.atMs <= first.atMs) return { rate: null, secondsLeft: null }
  const rate = ((last.done - first.done) * 1000) / (nowMs - first.atMs)
  const total = running.measured?.total ?? null
  if (total === null || rate <= 0) return { rate, secondsLeft: null }
  return { rate, secondsLeft: Math.ceil(Math.max(0, total - last.done) / rate) }
}

/** Closes what the work left open. `waiting` steps of work that succeeded were not needed. */
export function closeSteps(running: RunningJob, outcome: 'done' | 'failed' | 'cancelled', at: string) {
  for (const step of running.steps.values()) {
    if (step.state === 'running') {
      step.state = outcome
      step.endedAt = at
    } else if (step.state === 'waiting' && outcome !== 'failed') {
      step.state = outcome === 'done' ? 'skipped' : 'cancelled'
    }
  }
  forgetRate(running)
}
