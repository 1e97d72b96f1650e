import { stat } from 'node:fs/promises'
import type { Job } from '../../../contract/job'
import type { ModelStore, StoredModel } from '../../../contract/model-store'
import { createEventBus } from '../../lib/event-bus'
import type { JobControl } from '../../lib/jobs.types'
import { hashFilesTask } from '../tasks'
import { filesToHash, withSharedHashes } from './content-index'
import { plainStore } from './plain.store'
import { placesOf, scanPlace, type Place } from './scan'
import type { StoresDependencies } from './stores.types'

export type Scanner = {
  /** What the last look found. */
  found(): { stores: readonly ModelStore[]; models: readonly StoredModel[]; scannedAt: string | null; job: string | null }
  places(): Place[]
  scan(options: { hash: boolean }): Job
  /** Leaves a folder out from now on. */
  forget(store: string): void
  subscribe(listener: () => void): () => void
}

/** Looks through the stores as a job, one at a time, and keeps what was found and hashed. */
export function createScanner(dependencies: StoresDependencies): Scanner {
  const { kinds, world, background, clock, jobs, folders } = dependencies
  const bus = createEventBus<null>()
  let stores: ModelStore[] = []
  let models: StoredModel[] = []
  let scannedAt: string | null = null
  let scanJob: string | null = null

  const places = (): Place[] => [
    ...placesOf(kinds, world),
    ...folders.all().map(({ value: { folder } }): Place => ({ id: folder, title: folder, folder, kind: 'added', reader: plainStore })),
    { id: 'own', title: 'Roundhouse', folder: dependencies.modelsFolder(), kind: 'own', reader: plainStore },
  ]

  const lookThrough = async (job: JobControl) => {
    const all = places()
    const seen: { store: ModelStore; models: StoredModel[] }[] = []
    for (const [index, place] of all.entries()) {
      job.step('look').progress(index, all.length, 'steps')
      job.step('look').detail(place.title)
      const { store, models: raw, files } = await scanPlace(background, place, job.signal)
      const modified = new Map(files.map(file => [file.inode, file.modifiedMs]))
      seen.push({ store, models: raw.map(model => withKeptHashes(dependencies, model, modified)) })
    }
    job.step('look').done(`${seen.reduce((sum, each) => sum + each.models.length, 0)} models in ${seen.length} folders`)
    stores = seen.map(each => each.store)
    models = withSharedHashes(seen.flatMap(each => each.models))
    scannedAt = clock.wall()
    bus.emit(null)
  }

  const hashAll = (job: JobControl) =>
    hashFound({ ...dependencies, background }, { job, models }, (inode, sha256) => {
      const told = (model: StoredModel) => model.files.map(file => (file.inode === inode ? { ...file, sha256 } : file))
      models = models.map(model => ({ ...model, files: told(model) }))
      bus.emit(null)
    })

  return {
    found: () => ({ stores, models, scannedAt, job: jobs.get(scanJob ?? '')?.state === 'running' ? scanJob : null }),
    places,
    scan({ hash }) {
      const running = jobs.get(scanJob ?? '')
      if (running?.state === 'running') return running
      const steps = [
        { id: 'look', title: 'Look through the stores' },
        ...(hash ? [{ id: 'hash', title: 'Compare files of equal size' }] : []),
      ]
      const job = jobs.run({ kind: 'import', title: 'Models on this machine', steps }, async control => {
        await lookThrough(control)
        if (hash) await hashAll(control)
        return null
      })
      scanJob = job.id
      bus.emit(null)
      void jobs.finished(job.id).then(() => bus.emit(null))
      return job
    },
    forget(store) {
      stores = stores.filter(({ id }) => id !== store)
      models = models.filter(model => model.store !== store)
      bus.emit(null)
    },
    subscribe: listener => bus.subscribe(listener),
  }
}

/** A hash that was taken before holds while size and time of the file are the same. */
function withKeptHashes({ hashes }: StoresDependencies, model: StoredModel, modified: ReadonlyMap<string, number>): StoredModel {
  const files = model.files.map(file => {
    const kept = file.sha256 === null ? hashes.get(file.inode) : null
    const same = kept?.bytes === file.bytes && kept.modifiedMs === modified.get(file.inode)
    return same ? { ...file, sha256: kept.sha256 } : file
  })
  return { ...model, files }
}

type Hashing = { job: JobControl; models: readonly StoredModel[] }

async function hashFound(
  { background, hashes, leastBytes }: StoresDependencies,
  { job, models }: Hashing,
  told: (inode: string, sha256: string) => void,
) {
  const wanted = filesToHash(models, leastBytes)
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0)
  if (wanted.length === 0) job.step('hash').skip('every file of equal size has its hash')
  let before = 0
  for (const file of wanted) {
    const onProgress = ({ done }: { done: number }) => job.step('hash').progress(before + done, total)
    const { mtimeMs } = await stat(file.path)
    const hashed = await background.run(hashFilesTask, { paths: [file.path] }, { timeoutMs: 3_600_000, signal: job.signal, onProgress })
    hashes.set(file.inode, { bytes: hashed.bytes, modifiedMs: mtimeMs, sha256: hashed.sha256 })
    before += file.bytes
    told(file.inode, hashed.sha256)
  }
}
