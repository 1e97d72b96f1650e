import House from 'lucide-react/icons/arrow-left'
import RotateCcw from 'lucide-react/icons/rotate-ccw'
import X from 'lucide-react/icons/x'
import { useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import type { Job, Step } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { Button, buttonClasses } from '../../ui/button'
import { CodeBlock } from '../../ui/code-block'
import { Disclosure } from '../../ui/disclosure'
import { EmptyState } from '../../ui/empty-state'
import { timeOfDay } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Mark } from '../../ui/mark'
import { Meter } from '../../ui/meter'
import { ProvenanceKey } from '../../ui/provenance'
import { Steps, type StepView } from '../../ui/steps'
import { autopsyOf } from '../shared/autopsy-card'
import { useInstances } from '../shared/instances.store'
import { useJobs } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { loadSystem, useSystem } from '../shared/system.store'
import { useTitle } from '../shared/title.store'
import { Nouns } from './decision-card'
import { nounsOf } from './decision-words'
import { needInWords } from './need-words'
import { useRecommend } from './recommend.store'
import { instanceOf } from './instance-of'
import { StartOutcome } from './start-outcome'
import { isFirstStart, startTitle } from './start-title'
import { jobLine, stepAmount, stepAside, stepRate, stepShare, stepState } from './start-steps'
import { keepStarted, useStarted } from './started.store'

/** One start from install to proof, as one visible sequence, and what came of it. */
export function StartView({ jobId }: { jobId: string }) {
  const jobs = useJobs(store => store.jobs)
  const need = useRecommend(store => store.need)
  const firstStart = useSystem(store => store.system?.firstStart ?? null)
  const job = jobs?.find(each => each.id === jobId)
  const named = useNouns(job ?? null)
  const isFirst = job !== undefined && isFirstStart(job, { firstStart, jobs: jobs ?? [] })
  useTitle(isFirst ? 'First start' : job ? startTitle(job, named) : 'Start', isFirst && need ? needInWords(need) : null)
  // What was the first start here may have changed since the window connected.
  useEffect(() => void loadSystem(), [jobId, jobs?.length])
  if (job) return <Sequence job={job} />
  if (jobs === null) return <EmptyState>Looking for this start.</EmptyState>
  return (
    <EmptyState
      action={
        <Link href="/" className={buttonClasses()}>
          <Icon of={House} />
          To the recommendation
        </Link>
      }
    >
      This start is not known any more: it was dismissed, or the app was started again since.
    </EmptyState>
  )
}

/** Engine and model of a start, and its context where a decision named it; null until either is known. */
function useNouns(job: Job | null): readonly string[] | null {
  const decision = useStarted(store => (job ? store.byJob[job.id] : undefined))
  const instance = useInstances(store => (job ? instanceOf(job, store.instances ?? []) : undefined))
  if (decision) return nounsOf(decision)
  return instance ? [instance.buildTitle, instance.modelTitle] : null
}

function Sequence({ job }: { job: Job }) {
  const decision = useStarted(store => store.byJob[job.id])
  const nouns = useNouns(job) ?? [job.title]
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,520px)] items-start gap-x-8 gap-y-5 px-gut py-5 max-wide:grid-cols-[minmax(0,1fr)_minmax(0,440px)] max-narrow:grid-cols-1">
      <section aria-label="How this start goes" className="min-w-0">
        <header className="mb-5">
          <p className="mb-0.5 flex items-center gap-1.5 text-12 text-ink-2">
            <Mark size={16} stroke={2} />
            {kicker(job)}
          </p>
          <h2 className="text-20 font-semibold tracking-[-0.015em] wrap-anywhere">
            <Nouns nouns={nouns} />
          </h2>
          <p className="text-ink-2" role="status">
            {jobLine(job)}
          </p>
        </header>
        <Steps label="Steps of this start" steps={job.steps.map(step => view(step, job))} />
        <Ended job={job} />
        <Disclosure summary="log" open={job.state !== 'done'}>
          <CodeBlock
            label="Log"
            wrap
            className="mt-2"
            text={job.log.length === 0 ? 'Nothing yet.' : job.log.map(line => `${timeOfDay(line.at)}  ${line.text}`).join('\n')}
          />
        </Disclosure>
      </section>
      <StartOutcome job={job} decision={decision ?? null} />
      <div className="col-span-full">
        <ProvenanceKey />
      </div>
    </div>
  )
}

function kicker(job: Job): string {
  const words: Record<Job['state'], string> = { running: 'Starting', done: 'Started', failed: 'Did not start', cancelled: 'Cancelled' }
  return words[job.state]
}

function view(step: Step, job: Job): StepView {
  return {
    key: step.id,
    title: step.title,
    state: stepState(step),
    aside: stepAside(step, job),
    ...(step.detail === null ? {} : { detail: step.detail }),
    ...(step.state === 'running' ? { more: <Progress step={step} job={job} /> } : {}),
  }
}

function Progress({ step, job }: { step: Step; job: Job }) {
  const amount = stepAmount(step)
  const rate = stepRate(step, job)
  const share = stepShare(step)
  return (
    <>
      <Meter kind="progress" fraction={share} label={step.title} className="my-1" />
      <div className="flex items-center gap-4 text-12">
        {amount !== null && <span className="whitespace-nowrap">{amount}</span>}
        {rate !== null && <span className="whitespace-nowrap">{rate}</span>}
        {step.unit === 'bytes' && <span className="truncate text-ink-2 max-wide:hidden">resumes where it stops</span>}
        <span className="flex-1" />
        <Button size="low" icon={X} onClick={() => void act('It could not be cancelled', () => client.jobs.cancel({ id: job.id }))}>
          Cancel
        </Button>
      </div>
    </>
  )
}

/** After the end: again, where that makes sense; where an autopsy offers fixes, they stand beside this. */
function Ended({ job }: { job: Job }) {
  const [, navigate] = useLocation()
  const explained = useInstances(store => {
    const instance = instanceOf(job, store.instances ?? [])
    return instance !== undefined && autopsyOf(instance) !== null
  })
  if (job.state !== 'failed' && job.state !== 'cancelled') return null
  async function again() {
    const next = await act('It could not be started again', () => client.jobs.retry({ id: job.id }))
    if (!next) return
    const decision = useStarted.getState().byJob[job.id]
    if (decision) keepStarted(next.id, decision)
    navigate(`/start/${next.id}`)
  }
  return (
    <div className="mb-4 flex gap-2">
      {!(explained && job.state === 'failed') && (
        <Button icon={RotateCcw} tone={job.state === 'cancelled' ? 'go' : 'plain'} onClick={() => void again()}>
          {job.state === 'cancelled' ? 'Go on' : 'Try again'}
        </Button>
      )}
      <Link href="/" className={buttonClasses()}>
        To the recommendation
      </Link>
    </div>
  )
}
