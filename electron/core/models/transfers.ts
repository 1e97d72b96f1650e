import * as z from 'zod'
import { Failure } from '../../contract/failure'
import { hubFileSchema } from '../../contract/hub'
import type { Job } from '../../contract/job'
import { transferSchema, type Transfer } from '../../contract/model'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { JobControl, Jobs } from '../lib/jobs.types'
import type { Collection } from '../store/store.types'
import type { Amount } from './file-transfers'

/** A transfer as it is kept: all that is needed to go on with it after a restart. */
export const keptTransferSchema = transferSchema.extend({
  title: z.string(),
  format: z.enum(['gguf', 'safetensors', 'mlx']),
  /** Files of the hub at `commit`; empty for a model of the catalogue. */
  files: z.array(hubFileSchema),
})
export type KeptTransfer = z.infer<typeof keptTransferSchema>
export type TransferPlan = Omit<KeptTransfer, 'state' | 'job' | 'doneBytes' | 'why' | 'addedAt'>

export type Transfers = {
  /** In the order they were begun. */
  list(): Transfer[]
  /** Begins it, or goes on with what was paused; one that runs is joined. */
  start(plan: TransferPlan): Job
  /** Stops it; what came stays. */
  pause(id: string): Promise<void>
  resume(id: string): Job
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
  /** Fetches it and returns the id in the library. */
  perform(transfer: KeptTransfer, job: JobControl, onAmount: (amount: Amount) => void): Promise<string>
  sweep(transfer: KeptTransfer): Promise<void>
}

const steps = [
  { id: 'download', title: 'Download' },
  { id: 'unpack', title: 'Unpack' },
]

/** Downloads that can be paused and gone on with, over restarts too. */
export function createTransfers(dependencies: TransfersDependencies): Transfers {
  const { collection, jobs, clock, prepare, perform, sweep } = dependencies
  const bus = createEventBus<null>()
  const kept = new Map(storedTransfers(collection).map(transfer => [transfer.id, transfer]))

  const keep = (transfer: KeptTransfer) => {
    kept.set(transfer.id, transfer)
    collection.set(transfer.id, transfer)
    bus.emit(null)
  }
  const drop = (id: string) => {
    kept.delete(id)
    collection.remove(id)
    bus.emit(null)
  }
  const find = (id: string): KeptTransfer => {
    const transfer = kept.get(id)
    if (!transfer) throw new Failure('not-found', `There is no download of ${id}`)
    return transfer
  }
  const runningJob = (id: string): Job | null => ifRunning(jobs.get(kept.get(id)?.job ?? ''))

  const run = (transfer: KeptTransfer): Job => {
    const earlier = transfer.job === null ? null : jobs.get(transfer.job)
    if (earlier) jobs.dismiss(earlier.id)
    const work = async (control: JobControl) => {
      // A retry of the job is the same transfer.
      keep({ ...(kept.get(transfer.id) ?? transfer), state: 'running', job: control.id, why: null })
      let amount: Amount = { done: transfer.doneBytes, total: transfer.totalBytes }
      try {
        const ready = await prepare(kept.get(transfer.id) ?? transfer)
        keep({ ...ready, state: 'running', job: control.id })
        const result = await perform(ready, control, now => (amount = now))
        drop(transfer.id)
        return result
      } catch (error) {
        const paused = control.signal.aborted
        const why = paused ? null : error instanceof Error ? error.message : String(error)
        const ended = kept.get(transfer.id)
        if (ended) keep({ ...ended, state: paused ? 'paused' : 'failed', doneBytes: amount.done, totalBytes: amount.total, why })
        throw error
      }
    }
    const job = jobs.run({ kind: 'download', title: transfer.title, steps }, work)
    keep({ ...transfer, state: 'running', job: job.id, why: null })
    return job
  }

  return {
    list: () => [...kept.values()].map(({ title: _title, format: _format, files: _files, ...transfer }) => transfer),
    start(plan) {
      const before = kept.get(plan.id)
      const running = runningJob(plan.id)
      if (running) return running
      const same = before?.commit === plan.commit
      return run({
        ...plan,
        ...{ state: 'running', why: null, job: before?.job ?? null },
        doneBytes: same ? before.doneBytes : 0,
        addedAt: before?.addedAt ?? clock.wall(),
      })
    },
    async pause(id) {
      const { job } = find(id)
      if (!job || !runningJob(id)) return
      jobs.cancel(job)
      await jobs.finished(job)
    },
    resume: id => runningJob(id) ?? run(find(id)),
    async discard(id) {
      const transfer = find(id)
      if (runningJob(id)) throw new Failure('busy', 'It is running; pause it first')
      drop(id)
      if (transfer.job !== null && jobs.get(transfer.job)) jobs.dismiss(transfer.job)
      await sweep(transfer)
    },
    subscribe: listener => bus.subscribe(listener),
  }
}

const ifRunning = (job: Job | null) => (job?.state === 'running' ? job : null)

/** Transfers of earlier runs: one that ran then was cut off, and can be gone on with. */
function storedTransfers(collection: Collection<KeptTransfer>): KeptTransfer[] {
  const stored = collection.all().map(({ value }) => value)
  return stored
    .sort((a, b) => a.addedAt.localeCompare(b.addedAt))
    .map(transfer => ({ ...transfer, job: null, state: transfer.state === 'running' ? 'paused' : transfer.state }))
}
