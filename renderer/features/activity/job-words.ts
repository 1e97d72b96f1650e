import type { Job, Step } from '../../../electron/contract/job'
import { bytes, duration, percent } from '../../ui/format'
import { runningShare } from '../shared/jobs.store'

/** Running jobs first, then those that failed, then the rest; the newest of each first. */
export function orderedJobs(jobs: readonly Job[]): Job[] {
  const rank: Record<Job['state'], number> = { running: 0, failed: 1, cancelled: 2, done: 2 }
  return [...jobs].reverse().sort((a, b) => rank[a.state] - rank[b.state])
}

/** What the strip says: `1 job, step 3 of 5, 49 %` (the share is the step's), `2 jobs`, `2 failed`, `0 jobs`. */
export function stripWords(jobs: readonly Job[]): { tone: 'busy' | 'bad' | 'none'; text: string } {
  const running = jobs.filter(job => job.state === 'running')
  const failed = jobs.filter(job => job.state === 'failed').length
  const [first] = running
  if (first) {
    if (running.length > 1) return { tone: 'busy', text: `${running.length} jobs` }
    const share = runningShare(first)
    const at = first.steps.findIndex(step => step.state === 'running') + 1
    const step = at > 0 && first.steps.length > 1 ? `step ${at} of ${first.steps.length}` : null
    return { tone: 'busy', text: ['1 job', step, share === null ? null : percent(share)].filter(Boolean).join(', ') }
  }
  return failed > 0 ? { tone: 'bad', text: `${failed} failed` } : { tone: 'none', text: '0 jobs' }
}

/** The step that runs, else the one that failed, else the last that did something. */
export function currentStep(job: Job): Step | null {
  const find = (state: Step['state']) => job.steps.findLast(step => step.state === state)
  return find('running') ?? find('failed') ?? find('done') ?? job.steps[0] ?? null
}

/** One line of how it goes: `Download, step 3 of 5: 4.3 GB of 8.7 GB, 46 MB/s, 1 min 44 s left`. */
export function progressLine(job: Job): string {
  if (job.state !== 'running') return endLine(job)
  const step = currentStep(job)
  if (!step) return 'Beginning'
  const place = job.steps.length > 1 ? `, step ${job.steps.indexOf(step) + 1} of ${job.steps.length}` : ''
  const parts = [workOf(step), rateOf(job, step), job.secondsLeft === null ? null : `${duration(job.secondsLeft * 1000)} left`]
  const said = parts.filter(part => part !== null).join(', ')
  return `${step.title}${place}${said === '' ? '' : `: ${said}`}`
}

function endLine(job: Job): string {
  const tookMs = job.endedAt === null ? Number.NaN : Date.parse(job.endedAt) - Date.parse(job.startedAt)
  const took = Number.isNaN(tookMs) ? '' : ` ${job.state === 'done' ? 'in' : 'after'} ${duration(tookMs)}`
  if (job.state === 'done') {
    const said = job.kind === 'import' ? (job.steps.at(-1)?.detail ?? null) : null
    return `Done${took}${said === null ? '' : `: ${said}`}`
  }
  if (job.state === 'cancelled') return `Cancelled${took}`
  return job.failure?.message ?? `Failed${took}`
}

/** `writing, 48 %`; where nothing is counted what is done now, unless the step's name says it. */
function workOf(step: Step): string | null {
  const amount = amountOf(step)
  const detail = step.unit === 'bytes' || step.detail === step.title ? null : step.detail
  return [detail, amount].filter(part => part !== null).join(', ') || null
}

function amountOf({ done, total, unit }: Step): string | null {
  if (done === null) return null
  if (unit === 'percent') return `${Math.round(done)} %`
  const write = unit === 'bytes' ? bytes : String
  return total === null ? write(done) : `${write(done)} of ${write(total)}`
}

function rateOf(job: Job, step: Step): string | null {
  return step.unit === 'bytes' && job.rate !== null && job.rate > 0 ? `${bytes(job.rate)}/s` : null
}

/** Where a job is shown in full, or what it made is. */
export function jobPath(job: Job): string {
  if (job.kind === 'start' || job.kind === 'install') return `/start/${job.id}`
  return '/models'
}
