import { Failure, failureCodes, type FailureCode } from '../contract/failure'
import type { Job } from '../contract/job'
import type { Client } from './connect'
import { remark } from './output'

/** Shows the job's steps on stderr until it ends; Ctrl-C cancels it. Returns its result. */
export async function followJob(client: Client, job: Job): Promise<string | null> {
  const cancel = () => void client.jobs.cancel({ id: job.id }).catch(() => undefined)
  process.once('SIGINT', cancel)
  const shown = new Map<string, string>()
  try {
    for await (const event of await client.jobs.watch()) {
      const now = event.type === 'snapshot' ? event.jobs.find(each => each.id === job.id) : event.type === 'changed' ? event.job : null
      if (now?.id !== job.id) continue
      showSteps(now, shown)
      if (now.state !== 'running') return resultOf(now)
    }
    throw new Failure('unexpected', 'The host ended while the job ran.')
  } finally {
    process.removeListener('SIGINT', cancel)
  }
}

function showSteps(job: Job, shown: Map<string, string>) {
  for (const step of job.steps) {
    if (step.state === 'waiting') continue
    const share = step.total && step.done !== null ? ` ${Math.floor((step.done / step.total) * 10) * 10} %` : ''
    const text = `${step.title}: ${step.state}${step.state === 'running' ? share : ''}${step.detail ? ` (${step.detail})` : ''}`
    if (shown.get(step.id) === text) continue
    shown.set(step.id, text)
    remark(text)
  }
}

function resultOf(job: Job): string | null {
  if (job.state === 'done') return job.result
  if (job.state === 'cancelled') throw new Failure('cancelled', `${job.title} was cancelled.`)
  const { code, message } = job.failure ?? { code: 'unexpected', message: `${job.title} failed.` }
  throw new Failure(code in failureCodes ? (code as FailureCode) : 'unexpected', message)
}
