import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../contract/failure'
import type { HubRepository } from '../../contract/hub'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import { fetchArtifact, type FetchDependencies, type FetchWatch } from './artifact-fetch'
import { fetchHubArtifact, fetchHubFiles, hubTarget, ownModelOf } from './hub/hub-fetch'
import { withHubFiles } from './hub/hub-transfer'
import type { Library } from './library.types'
import { findWanted } from './offers'
import { modelOfProjector, withProjectorFile } from './projector-transfer'
import type { KeptTransfer } from './kept-transfers'

export type BringDependencies = FetchDependencies & {
  library: Pick<Library, 'byId' | 'addOwn' | 'addDownloaded' | 'setProjector'>
  catalogue: readonly CatalogueModel[]
  repository(id: string, revision: string | null): Promise<HubRepository>
}

/** A transfer with its files, looked up where they are not known yet. */
export async function prepareTransfer(dependencies: BringDependencies, kept: KeptTransfer): Promise<KeptTransfer> {
  const { catalogue, repository } = dependencies
  const ownerId = modelOfProjector(kept.id)
  if (ownerId === null || kept.files.length > 0) return withHubFiles(kept, catalogue, repository)
  return withProjectorFile(kept, await repository(kept.repository, kept.commit), ownerOf(dependencies, ownerId))
}

type Wish = { id: string; ofHub: KeptTransfer | null }

/** Fetches a model, or what reads images for one, into the models folder and the library. */
export async function bringModel(dependencies: BringDependencies, { id, ofHub }: Wish, watch: FetchWatch): Promise<LibraryModel> {
  const { library, catalogue, sources } = dependencies
  if (ofHub && modelOfProjector(id) !== null) return bringProjector(dependencies, ofHub, watch)
  if (ofHub) {
    const { path, sha256 } = await fetchHubArtifact({ ...dependencies, hub: sources.hub }, ofHub, watch)
    return library.addOwn(ownModelOf(ofHub, path, sha256))
  }
  const wanted = findWanted(catalogue, id)
  const { path, sha256 } = await fetchArtifact(dependencies, wanted, watch)
  return library.addDownloaded({ ...wanted, path, sha256 })
}

async function bringProjector(dependencies: BringDependencies, transfer: KeptTransfer, watch: FetchWatch): Promise<LibraryModel> {
  const { library, sources, modelsFolder } = dependencies
  const owner = ownerOf(dependencies, modelOfProjector(transfer.id) ?? '')
  const target = hubTarget(modelsFolder(), transfer)
  watch.onSource(`${transfer.repository} at ${transfer.commit?.slice(0, 8) ?? 'main'}`)
  const [sha256 = null] = await fetchHubFiles({ ...dependencies, hub: sources.hub }, { transfer, folder: dirname(target) }, watch)
  return library.setProjector(owner.id, { path: target, bytes: (await stat(target)).size, sha256, why: null })
}

function ownerOf({ library }: BringDependencies, id: string): LibraryModel {
  const model = library.byId(id)
  if (!model) throw new Failure('not-found', `There is no model ${id} in the library any more`)
  return model
}
