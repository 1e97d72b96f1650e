import { Failure } from '../../contract/failure'
import type { HubRepository } from '../../contract/hub'
import type { Job } from '../../contract/job'
import type { Artifact, CatalogueModel, Fit, LibraryModel, ModelsSnapshot } from '../../contract/model'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { Jobs } from '../lib/jobs.types'
import type { Collection } from '../store/store.types'
import type { FetchDependencies, FetchWatch } from './artifact-fetch'
import { bringModel, prepareTransfer } from './bring-model'
import { freeDiskBytes } from './disk-space'
import { foundAgain } from './found-again'
import { hubTransfer } from './hub/hub-transfer'
import type { Library } from './library.types'
import { catalogueTransfer, createModelTransfers } from './model-transfers'
import { findWanted, offerOf, wantedOf } from './offers'
import { projectorTransfer } from './projector-transfer'
import { createSharedFetch } from './shared-fetch'
import type { KeptTransfer } from './kept-transfers'
import type { Transfers } from './transfers'

export type ModelsDependencies = FetchDependencies & {
  library: Library
  jobs: Jobs
  catalogue: readonly CatalogueModel[]
  clock: Clock
  transfers: Collection<KeptTransfer>
  movingTo?: () => string | null
  /** Looks at a repository of the hub. */
  repository(id: string, revision: string | null): Promise<HubRepository>
  /** Whether the artifact fits this machine, as it is now. */
  fit(model: CatalogueModel, artifact: Artifact): Fit
}

export type FetchModelOptions = {
  signal: AbortSignal
  onProgress(amount: { done: number; total: number | null }): void
  log?(line: string): void
}

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
  /** One artifact of a repository of the hub, at the commit that was looked at. Fails with `not-found` or `gated`. */
  downloadFromHub(repository: HubRepository, artifact: string): Job
  transfers: Transfers
  /** Fetches what a vision model lacks for reading images. Fails with `not-found` or `not-available-here`. */
  fetchProjector(id: string): Job
  /** A download as a part of other work; shares the transfer with a running job, and goes on with a paused one. */
  fetchModel(id: string, options: FetchModelOptions): Promise<LibraryModel>
  importFile(path: string): Promise<LibraryModel>
  /** See foundAgain. */
  foundAt(found: { id: string; path: string }): Promise<LibraryModel>
  remove(input: { id: string; deleteFile: boolean }): Promise<void>
  /** Asks the outside sources again and looks at every file. */
  refresh(): Promise<void>
}

/** What the window shows of models and what can be done with them. */
export function createModels(dependencies: ModelsDependencies): Models {
  const { library, catalogue, sources, modelsFolder, fit } = dependencies
  const bus = createEventBus<ModelsSnapshot>()
  const disk = watchDisk(dependencies, () => bus.emit(snapshot()))

  const snapshot = (): ModelsSnapshot => ({
    library: library.list(),
    offered: catalogue.filter(model => !model.engineTest).map(model => offerOf(model, { library, fit, reachable: sources.reachable() })),
    folder: modelsFolder(),
    freeDiskMiB: disk.freeMiB(),
    reachable: sources.reachable(),
    transfers: transfers.list(),
    movingTo: dependencies.movingTo?.() ?? null,
  })

  /** Those of the hub that are being fetched, by id: the shared transfer knows nothing but ids. */
  const hubTransfers = new Map<string, KeptTransfer>()
  const transfer = createSharedFetch(async (id, watch) => {
    const model = await bringModel(dependencies, { id, ofHub: hubTransfers.get(id) ?? null }, watch)
    disk.look()
    return model
  })

  const readyOne = async (id: string): Promise<LibraryModel | null> => {
    if (library.byId(id)) await library.verify(id)
    const verified = library.byId(id)
    return verified?.state === 'ready' ? verified : null
  }
  const fetch = async (id: string, watch: FetchWatch) => (await readyOne(id)) ?? transfer.fetch(id, watch)

  const prepare = (kept: KeptTransfer) => prepareTransfer(dependencies, kept)
  const transfers = createModelTransfers(dependencies, { hubTransfers, fetch, join: transfer.fetch, prepare, freed: disk.look })

  library.subscribe(() => bus.emit(snapshot()))
  transfers.subscribe(() => bus.emit(snapshot()))
  sources.subscribe(() => bus.emit(snapshot()))

  return {
    snapshot,
    subscribe: listener => bus.subscribe(listener),
    changed: () => bus.emit(snapshot()),
    knows: id => wantedOf(catalogue, id) !== null,
    transfers,
    download: id => transfers.start(catalogueTransfer(findWanted(catalogue, id))),
    fetchProjector(id) {
      const model = library.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      return transfers.start(projectorTransfer(model, catalogue))
    },
    downloadFromHub: (repository, artifact) => transfers.start(hubTransfer(repository, artifact)),
    async fetchModel(id, { signal, onProgress, log }) {
      const plan = catalogueTransfer(findWanted(catalogue, id))
      const watch = { ...silent, signal, onDownload: onProgress, ...(log && { onSource: log, onNote: log }) }
      return (await readyOne(plan.id)) ?? transfers.follow(plan, watch)
    },
    importFile: path => library.importFile(path),
    foundAt: found => foundAgain(dependencies, found),
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
