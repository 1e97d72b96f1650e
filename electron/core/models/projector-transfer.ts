import { basename } from 'node:path'
import { Failure } from '../../contract/failure'
import type { HubRepository } from '../../contract/hub'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import { checkAccess } from './hub/hub-transfer'
import { projectorFor } from './projectors'
import type { KeptTransfer } from './kept-transfers'
import type { TransferPlan } from './transfers'

const mark = '#projector'

/** The model that a transfer brings the projector of; null when it brings a model. */
export const modelOfProjector = (id: string): string | null => (id.endsWith(mark) ? id.slice(0, -mark.length) : null)

/**
 * What reads images for a model of the library, from the repository that the model came from. Fails with
 * `not-available-here` where that is not known.
 */
export function projectorTransfer(model: LibraryModel, catalogue: readonly CatalogueModel[]): TransferPlan {
  const known = catalogue.find(({ id }) => id === model.catalogueId)?.artifacts.find(({ id }) => id === model.artifactId)
  const source = known?.sources.find(each => each.kind === 'hub')
  const repository = model.hub?.repository ?? source?.repo
  if (repository === undefined)
    throw new Failure('not-available-here', `Nothing says where ${model.title} came from: put its mmproj file beside it, then look again`)
  return {
    ...{ id: `${model.id}${mark}`, repository, commit: model.hub?.commit ?? source?.revision ?? null, artifact: 'projector' },
    ...{ title: `${model.title}: what reads images`, totalBytes: null, format: 'gguf', files: [] },
  }
}

/** The same with its file, as the repository names it. Fails with `not-found` where it has none, and with `gated`. */
export function withProjectorFile(kept: KeptTransfer, found: HubRepository, model: LibraryModel): KeptTransfer {
  const file = projectorFor(basename(model.path), found.projectors)
  if (!file) throw new Failure('not-found', `${found.id} has no file that reads images`)
  checkAccess(found)
  return { ...kept, commit: found.commit, files: [file], totalBytes: file.bytes }
}
