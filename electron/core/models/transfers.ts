import { Failure } from '../../contract/failure'
import type { Job } from '../../contract/job'
import type { LibraryModel, Transfer } from '../../contract/model'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { JobControl, Jobs } from '../lib/jobs.types'
import type { Collection } from '../store/store.types'
import type { FetchWatch } from './artifact-fetch'
import { createKept, type KeptTransfer } from './kept-transfers'
import type { Amount } from './file-transfers'

export type TransferPlan = Omit<KeptTransfer, 'state' | 'job' | 'doneBytes' | 'why' | 'addedAt'>

export type Transfers = {
  /** In the order they were begun. */
  list(): Transfer[]
  /** Begins it, or goes on with what was paused; one that runs is joined. */
  start(plan: TransferPlan): Job
  /** Stops it; what came stays. */
  pause(id: string): Promise<void>
  resume(id: string): Job
  /**
   * Fetches it as a part of other work, going on with what was paused; what comes before a cancel or a failure waits here
   * to be gone on with.
   */
  follow(plan: TransferPlan, watch: FetchWatch): Promise<LibraryModel>
  /** Gives it up; `sweep` deletes what came. */
  discard(id: string): Promise<void>
  subscribe(listener: () => void): () => void
}

export type TransfersDependencies = {
  collection: Collection<KeptTransfer>
  jobs: Jobs
  clock: Clock
  /** Looks up what must be known before it begins, and what it goes on with; the same where all is known. */
  prepare(transfer: KeptTransfer): Promise<KeptTransfer>
  /** Fetches it into the library. */
  perform(transfer: KeptTransfer, watch: FetchWatch): Promise<LibraryModel>
  /** Tells a job what a transfer tells. */
  watchFor(job: JobControl): FetchWatch
  sweep(transfer: KeptTransfer): Promise<void>
}

const steps = [
  { id: 'download', title: 'Download' },
  { id: 'unpack', title: 'Unpack' },
]

/** Downloads that can be paused and gone on with, over restarts too. */
export function createTransfers(dependencies: TransfersDependencies): Transfers {
  const { collection, jobs, clock, sweep, watchFor } = dependencies
  const bus = createEventBus<null>()
  const kept = createKept(collection, () => bus.emit(null))
  const runningJob = (id: string): Job | null => ifRunning(jobs.get(kept.get(id)?.job ?? ''))

  /** What is left of one that ended: nothing of a whole one, the rest of one that was begun. */
  const leave: Ended = (transfer, amount, error) => {
    const why = error instanceof Error ? error.message : null
    const state = error === undefined ? 'paused' : 'failed'
    if (amount === null) kept.drop(transfer.id)
    else kept.keep({ ...transfer, state, doneBytes: amount.done, totalBytes: amount.total, why })
  }

  const run = (transfer: KeptTransfer): Job => {
    const earlier = transfer.job === null ? null : jobs.get(transfer.job)
    if (earlier) jobs.dismiss(earlier.id)
    const work = async (control: JobControl) => {
      // A retry of the job is the same transfer.
      const begun: KeptTransfer = { ...(kept.get(transfer.id) ?? transfer), state: 'running', job: control.id, why: null }
      kept.keep(begun)
      const told = (ready: KeptTransfer) => kept.keep({ ...ready, state: 'running', job: control.id })
      return (await carryOut(dependencies, { begun, watch: watchFor(control), told, ended: leave })).id
    }
    const job = jobs.run({ kind: 'download', title: transfer.title, steps }, work)
    kept.keep({ ...transfer, state: 'running', job: job.id, why: null })
    return job
  }

  return {
    list: () => kept.list().map(({ title: _title, format: _format, files: _files, ...transfer }) => transfer),
    start(plan) {
      const before = kept.get(plan.id)
      const running = runningJob(plan.id)
      if (running) return running
      // What was begun by its name goes on at the commit that the name meant then.
      const goesOn = before !== undefined && plan.commit === null
      const same = before !== undefined && (goesOn || before.commit === plan.commit)
      return run({
        ...(goesOn ? before : plan),
        ...{ state: 'running', why: null, job: before?.job ?? null },
        doneBytes: same ? before.doneBytes : 0,
        addedAt: before?.addedAt ?? clock.wall(),
      })
    },
    async pause(id) {
      const { job } = kept.find(id)
      if (!job || !runningJob(id)) return
      jobs.cancel(job)
      await jobs.finished(job)
    },
    resume: id => runningJob(id) ?? run(kept.find(id)),
    async follow(plan, watch) {
      const before = kept.get(plan.id)
      if (before && runningJob(plan.id)) return carryOut(dependencies, { begun: before, watch, told: nothing, ended: nothing })
      const begun: KeptTransfer = before ?? { ...plan, state: 'paused', why: null, job: null, doneBytes: 0, addedAt: clock.wall() }
      const ended: Ended = (transfer, amount, error) => {
        // Nothing came of it, so there is nothing to go on with.
        if (amount === null || before || amount.done > 0) leave({ ...transfer, job: before?.job ?? null }, amount, error)
      }
      return carryOut(dependencies, { begun, watch, told: nothing, ended })
    },
    async discard(id) {
      const transfer = kept.find(id)
      if (runningJob(id)) throw new Failure('busy', 'It is running; pause it first')
      kept.drop(id)
      if (transfer.job !== null && jobs.get(transfer.job)) jobs.dismiss(transfer.job)
      await sweep(transfer)
    },
    subscribe: listener => bus.subscribe(listener),
  }
}

/** `amount` is null when it is whole; without an error it was paused. */
type Ended = (transfer: KeptTransfer, amount: Amount | null, error?: unknown) => void
type Begun = { begun: KeptTransfer; watch: FetchWatch; told(ready: KeptTransfer): void; ended: Ended }

/** One try of a transfer, from looking up what must be known to what is left of it. */
async function carryOut({ prepare, perform }: TransfersDependencies, { begun, watch, told, ended }: Begun): Promise<LibraryModel> {
  let amount: Amount = { done: begun.doneBytes, total: begun.totalBytes }
  let ready = begun
  const onDownload = (now: Amount) => {
    amount = now
    watch.onDownload(now)
  }
  try {
    ready = await prepare(begun)
    told(ready)
    const model = await perform(ready, { ...watch, onDownload })
    ended(ready, null)
    return model
  } catch (error) {
    ended(ready, amount, watch.signal.aborted ? undefined : error)
    throw error
  }
}

const nothing = () => undefined

const ifRunning = (job: Job | null) => (job?.state === 'running' ? job : null)
