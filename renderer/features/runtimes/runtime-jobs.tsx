import type { Job } from '../../../electron/contract/job'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { CodeBlock } from '../../ui/code-block'
import { Disclosure } from '../../ui/disclosure'
import { percent, timeOfDay } from '../../ui/format'
import { Meter } from '../../ui/meter'
import { StateWord } from '../../ui/state-word'
import { CancelJobButton } from '../shared/cancel-job-button'
import { runningShare } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { RepairButton } from '../shared/repair-button'
import { lastJobOf } from './runtime-words'

/** The install, update or removal of a runtime that runs, failed or was cancelled, with its log. */
export function RuntimeJobs({ runtime, jobs }: { runtime: RuntimeDetail; jobs: readonly Job[] }) {
  const job = lastJobOf(runtime, jobs)
  if (!job) return null
  const share = runningShare(job)
  const step = job.steps.find(each => each.state === (job.state === 'cancelled' ? 'cancelled' : 'running'))
  return (
    <section aria-label={job.title} className="mx-gut mt-4 grid gap-2 rounded-2 border border-frame px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <span className="font-semibold">{job.title}</span>
        <span className="min-w-0 flex-1 text-ink-2">
          {job.state === 'failed' ? (
            <StateWord tone="bad">
              <span className="whitespace-normal">{job.failure?.message ?? 'It failed.'}</span>
            </StateWord>
          ) : (
            [job.state === 'cancelled' ? 'Cancelled' : step?.title, step?.detail, share === null ? null : percent(share)]
              .filter(Boolean)
              .join(', ')
          )}
        </span>
        <RepairButton job={job} size="low" />
        <Action job={job} />
      </div>
      {job.state === 'running' && <Meter kind="progress" fraction={share} label={`Progress of ${job.title}`} />}
      {job.log.length > 0 && (
        <Disclosure summary={job.log.length === 1 ? 'Log, 1 line' : `Log, ${job.log.length} lines`}>
          <CodeBlock label={`Log of ${job.title}`} text={job.log.map(({ at, text }) => `${timeOfDay(at)} ${text}`).join('\n')} wrap />
        </Disclosure>
      )}
    </section>
  )
}

function Action({ job }: { job: Job }) {
  const { id, title, state } = job
  if (state === 'running') return <CancelJobButton job={job} />
  const cancelled = state === 'cancelled'
  return (
    <Button
      size="low"
      aria-label={cancelled ? `Go on: ${title}` : `Retry ${title}`}
      onClick={() => void act(`${title} could not be tried again`, () => client.jobs.retry({ id }))}
    >
      {cancelled ? 'Go on' : 'Retry'}
    </Button>
  )
}
