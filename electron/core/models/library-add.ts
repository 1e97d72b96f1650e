import { realpath } from 'node:fs/promises'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { readFacts } from './library-check'
import { idOf } from './library-names'
import type { Library } from './library.types'

export type AddDependencies = {
  background: Background
  catalogue: readonly CatalogueModel[]
  clock: Clock
  put(model: LibraryModel): Promise<LibraryModel>
}

/** What downloads and conversions bring, as rows of the library. */
export function createAdding({ background, catalogue, clock, put }: AddDependencies): Pick<Library, 'addDownloaded' | 'addOwn'> {
  return {
    async addDownloaded({ model, artifact, path, sha256 }) {
      const facts = await readFacts(background, path)
      return put({
        id: idOf(model, artifact),
        title: model.title,
        catalogueId: model.id,
        artifactId: artifact.id,
        origin: 'downloaded',
        path: await realpath(path),
        state: 'ready',
        why: null,
        bytes: facts.bytes,
        sha256,
        facts,
        engineTest: model.engineTest,
        addedAt: clock.wall(),
      })
    },
    async addOwn({ id, title, path, sha256, origin, hub }) {
      const facts = await readFacts(background, path)
      const known = catalogue
        .flatMap(model => model.artifacts.map(artifact => ({ model, artifact })))
        .find(each => idOf(each.model, each.artifact) === id || (sha256 !== null && each.artifact.sha256 === sha256))
      return put({
        id: known ? idOf(known.model, known.artifact) : id,
        title: known?.model.title ?? title,
        catalogueId: known?.model.id ?? null,
        artifactId: known?.artifact.id ?? null,
        ...{ origin, path: await realpath(path), state: 'ready', why: null, bytes: facts.bytes, sha256, facts, hub },
        engineTest: known?.model.engineTest ?? false,
        addedAt: clock.wall(),
      })
    },
  }
}
