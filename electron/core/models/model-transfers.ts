import { join } from 'node:path'
import type { LibraryModel } from '../../contract/model'
import type { Clock } from '../lib/clock'
import type { JobControl, Jobs } from '../lib/jobs.types'
import type { Collection } from '../store/store.types'
import { safeSegment, sweepFolder, type FetchWatch, type Wanted } from './artifact-fetch'
import { sweepHubFiles } from './hub/hub-fetch'
import { idOf } from './library-names'
import { type KeptTransfer } from './kept-transfers'
import { createTransfers, type TransferPlan, type Transfers } from './transfers'

export type TransferDependencies = { jobs: Jobs; clock: Clock; transfers: Collection<KeptTransfer>; modelsFolder: () => string }

export type TransferMeans = {
  /** Filled with what is being fetched from the hub, by id. */
  hubTransfers: Map<string, KeptTransfer>
  /** Gets a model of the catalogue. */
  fetch(id: string, watch: FetchWatch): Promise<LibraryModel>
  /** Gets one of the hub, sharing with whoever gets it already. */
  join(id: string, watch: FetchWatch): Promise<LibraryModel>
  /** A folder of the catalogue, as the hub lays it out now. */
  prepare(kept: KeptTransfer): Promise<KeptTransfer>
  /** Space on the disk changed. */
  freed(): void
}

/** Downloads of the catalogue and of the hub, which can be paused. */
export function createModelTransfers({ jobs, clock, transfers, modelsFolder }: TransferDependencies, means: TransferMeans): Transfers {
  return createTransfers({
    ...{ jobs, clock, collection: transfers, prepare: means.prepare },
    watchFor,
    perform(kept, watch) {
      // What is being fetched under this name is looked up when it begins, which may be after one that is being cancelled has ended.
      if (kept.files.length > 0) means.hubTransfers.set(kept.id, kept)
      else means.hubTransfers.delete(kept.id)
      return kept.files.length > 0 ? means.join(kept.id, watch) : means.fetch(kept.id, watch)
    },
    async sweep(kept) {
      if (kept.files.length > 0) await sweepHubFiles(modelsFolder(), kept)
      else await sweepFolder(join(modelsFolder(), ...kept.repository.split('/').map(safeSegment)))
      means.freed()
    },
  })
}

export const catalogueTransfer = ({ model, artifact }: Wanted): TransferPlan => ({
  ...{ id: idOf(model, artifact), repository: model.id, commit: null, artifact: artifact.id, title: `${model.title} ${artifact.id}` },
  ...{ totalBytes: artifact.bytes, format: artifact.format, files: [] },
})

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
