import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { HubRepository } from '../../contract/hub'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Clock } from '../lib/clock'
import type { JobControl, Jobs } from '../lib/jobs.types'
import type { Collection } from '../store/store.types'
import { safeSegment, sweepFolder, type FetchWatch, type Wanted } from './artifact-fetch'
import type { Amount } from './file-transfers'
import { sweepHubFiles } from './hub/hub-fetch'
import { idOf } from './library-names'
import { createTransfers, type KeptTransfer, type TransferPlan, type Transfers } from './transfers'

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
    async perform(kept, job, onAmount) {
      const watch = watchFor(job, onAmount)
      if (kept.files.length === 0) return (await means.fetch(kept.id, watch)).id
      means.hubTransfers.set(kept.id, kept)
      return (await means.join(kept.id, watch).finally(() => means.hubTransfers.delete(kept.id))).id
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

/** A folder of the catalogue is fetched from the hub, all of it at the commit that its name means now; a resumed one keeps its commit. */
export async function withHubFiles(
  kept: KeptTransfer,
  catalogue: readonly CatalogueModel[],
  repository: (id: string, revision: string | null) => Promise<HubRepository>,
): Promise<KeptTransfer> {
  if (kept.files.length > 0 || kept.format === 'gguf') return kept
  const artifact = catalogue.find(({ id }) => id === kept.repository)?.artifacts.find(({ id }) => id === kept.artifact)
  const source = artifact?.sources.find(each => each.kind === 'hub')
  if (!source) throw new Failure('not-available-here', `${kept.id} is a folder of files that its runtime fetches by itself`)
  const found = await repository(source.repo, kept.commit ?? source.revision)
  const folder = found.artifacts.find(({ format }) => format === kept.format)
  const { id, title } = kept
  return { ...kept, ...hubTransfer(found, folder?.id ?? kept.artifact), id, title, artifact: kept.artifact }
}

/** One artifact of a repository, at the commit that was looked at. Fails with `not-found` or `gated`. */
export function hubTransfer({ id, commit, artifacts, access }: HubRepository, name: string): TransferPlan {
  const artifact = artifacts.find(each => each.id === name)
  if (!artifact) throw new Failure('not-found', `${id} has no ${name} that can be downloaded`)
  if (access === 'needs-token') throw new Failure('gated', `${id} is given only with a token of someone who accepted its terms`)
  if (access === 'needs-consent')
    throw new Failure('gated', `${id} is given only to people who accepted its terms, which the owner of this token did not`)
  return {
    ...{ id: `${id}:${name}`, repository: id, commit, artifact: name, title: `${id.split('/')[1] ?? id} ${name}` },
    ...{ totalBytes: artifact.bytes, format: artifact.format, files: artifact.files },
  }
}

/** Tells a job's steps what the transfer tells. */
function watchFor(job: JobControl, onAmount: (amount: Amount) => void): FetchWatch {
  return {
    signal: job.signal,
    onSource(text) {
      job.step('download').start(text)
      job.log(`Source: ${text}`)
    },
    onDownload({ done, total }) {
      job.step('download').progress(done, total)
      onAmount({ done, total })
      if (done === total) job.step('download').done()
    },
    onUnpack: ({ done, total }) => job.step('unpack').progress(done, total),
    onNote: text => job.log(text),
  }
}
