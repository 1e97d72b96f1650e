import RefreshCw from 'lucide-react/icons/refresh-cw'
import X from 'lucide-react/icons/x'
import type { Job, Step } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { classes } from '../../ui/classes'
import { IconButton } from '../../ui/icon-button'
import { Meter } from '../../ui/meter'
import { StateWord, type Tone } from '../../ui/state-word'
import { CancelJobButton } from '../shared/cancel-job-button'
import { runningShare } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { RepairButton } from '../shared/repair-button'
import { progressLine } from './job-words'

const looks: Record<Job['state'], { tone: Tone; word: string }> = {
  running: { tone: 'busy', word: 'Running' },
  done: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'info', word: 'Cancelled' },
}

/** One job: its steps, how far it is, and what can be done about it. */
export function JobRow({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const { tone, word } = looks[job.state]
  return (
    <li className="grid gap-1.5 border-b border-line px-4 py-3 last:border-0">
      <div className="flex min-w-0 items-center gap-2">
        <button type="button" onClick={onOpen} className="min-w-0 flex-1 truncate text-left font-semibold hover:underline">
          {job.title}
        </button>
        <span className="text-12">
          <StateWord tone={tone}>{word}</StateWord>
        </span>
        <Actions job={job} />
      </div>
      {job.state === 'running' && <Meter kind="progress" fraction={runningShare(job)} label={`Progress of ${job.title}`} />}
      <p className="text-12 wrap-anywhere text-ink-2">{progressLine(job)}</p>
      {job.state === 'failed' && job.failure?.suggestion != null && <p className="text-12 text-ink-2">{job.failure.suggestion}</p>}
      {job.steps.length > 1 && <StepMarks steps={job.steps} />}
    </li>
  )
}

function Actions({ job }: { job: Job }) {
  const { id, title } = job
  if (job.state === 'running') return <CancelJobButton job={job} />
  return (
    <span className="flex items-center">
      <RepairButton job={job} size="low" />
      {job.state !== 'done' && (
        <Button
          tone="quiet"
          size="low"
          icon={RefreshCw}
          aria-label={`Retry ${title}`}
          onClick={() => void act(`${title} could not be tried again`, () => client.jobs.retry({ id }))}
        >
          Retry
        </Button>
      )}
      <IconButton
        icon={X}
        size="low"
        label={`Dismiss ${title}`}
        onClick={() => void act(`${title} could not be taken off the list`, () => client.jobs.dismiss({ id }))}
      />
    </span>
  )
}

const marks: Record<Step['state'], string> = {
  waiting: 'bg-select',
  running: 'bg-accent-edge pulse',
  done: 'bg-ink-2',
  skipped: 'bg-frame',
  failed: 'bg-bad',
  cancelled: 'bg-frame',
}

/** The steps as one row of marks; each says its name and state on hover and to a screen reader. */
function StepMarks({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="flex gap-1" aria-label="Steps">
      {steps.map(step => (
        <li key={step.id} title={`${step.title}: ${step.state}`} className="min-w-0 flex-1 text-11 text-ink-3">
          <span className={classes('block h-1 rounded-[2px]', marks[step.state])} />
          <span className="block truncate" aria-hidden="true">
            {step.title}
          </span>
          <span className="sr-only">
            {step.title}: {step.state}
          </span>
        </li>
      ))}
    </ol>
  )
}
