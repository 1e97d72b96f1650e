import type { Job, Step } from '../../../electron/contract/job'
import { bytes, duration } from '../../ui/format'
import type { StepView } from '../../ui/steps'

const states: Record<Step['state'], StepView['state']> = {
  waiting: 'later',
  running: 'now',
  done: 'done',
  skipped: 'skipped',
  failed: 'failed',
  cancelled: 'cancelled',
}

/** State of a step in the words of the ui kit. */
export function stepState(step: Step): StepView['state'] {
  return neverBegan(step) ? 'later' : states[step.state]
}

/** What follows a step that was cancelled was not touched. */
const neverBegan = ({ state, startedAt }: Step) => state === 'cancelled' && startedAt === null

/** What stands at the right end of a step: how long it took, how long it will, or why it was not run. */
export function stepAside(step: Step, job: Pick<Job, 'secondsLeft'>): string | null {
  if (step.state === 'skipped') return 'not needed'
  if (neverBegan(step)) return null
  if (step.state === 'cancelled') return 'cancelled'
  if (step.state === 'running') return timeLeft(job.secondsLeft)
  if (step.startedAt === null || step.endedAt === null) return null
  return duration(Date.parse(step.endedAt) - Date.parse(step.startedAt))
}

/** How far the running step is, in words: `4.6 GB of 9.4 GB`, `3 of 5`. */
export function stepAmount(step: Step): string | null {
  if (step.done === null) return null
  if (step.unit === 'percent') return `${Math.round(step.done)} %`
  const write = step.unit === 'bytes' ? bytes : String
  return step.total === null ? write(step.done) : `${write(step.done)} of ${write(step.total)}`
}

/** The rate of the running step: `46 MB/s`. */
export function stepRate(step: Step, job: Pick<Job, 'rate'>): string | null {
  return step.unit === 'bytes' && job.rate !== null && job.rate > 0 ? `${bytes(job.rate)}/s` : null
}

/** Share of the step done, 0..1; null when it cannot be counted. */
export function stepShare(step: Step): number | null {
  return step.done === null || step.total === null || step.total <= 0 ? null : step.done / step.total
}

/** Below a second nobody can read it any more. */
function timeLeft(seconds: number | null): string | null {
  return seconds === null || seconds < 1 ? null : `${duration(Math.round(seconds) * 1000)} left`
}

/** Where it was cancelled; what stays of that step stands with the step. */
function cancelledLine({ steps }: Job): string {
  const index = steps.findIndex(step => step.state === 'cancelled')
  const step = steps[index]
  if (!step || neverBegan(step)) return 'Cancelled before anything was done.'
  const before = index === 0 ? '' : ' What the steps before it did stays.'
  return `Cancelled in step ${index + 1} of ${steps.length}, ${step.title}.${before} "Go on" begins there.`
}

/** `Step 3 of 5, about 2 min 50 s left.`; how it ended once it has. */
export function jobLine(job: Job): string {
  if (job.state === 'done') {
    const took = job.endedAt === null ? null : duration(Date.parse(job.endedAt) - Date.parse(job.startedAt))
    return took === null ? 'Done.' : `Done in ${took}.`
  }
  if (job.state === 'cancelled') return cancelledLine(job)
  if (job.state === 'failed') return 'It did not start; the reason is beside this.'
  const index = job.steps.findIndex(step => step.state === 'running')
  const place = index === -1 ? 'Beginning' : `Step ${index + 1} of ${job.steps.length}`
  const time = timeLeft(job.secondsLeft)
  const left = time === null ? '' : `, about ${time}`
  return `${place}${left}. You can close the window; it goes on.`
}
