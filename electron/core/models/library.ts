import { realpath, rm } from 'node:fs/promises'
import { Failure } from '../../contract/failure'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import type { Collection } from '../store/store.types'
import { partsOf } from '../runtimes/common-gguf-parts'
import { conditionOf, readFacts, weightFiles } from './library-check'
import { createEntries } from './library-entries'
import { importModel } from './library-import'
import { findByName, idOf } from './library-names'
import type { Library } from './library.types'
import { hashFilesTask } from './tasks'

/** A file of 400 GB at the 100 MB/s of a slow disk. */
const hashWithinMs = 4_000_000

export type LibraryDependencies = {
  collection: Collection<LibraryModel>
  background: Background
  resourcesFolder: string
  catalogue: readonly CatalogueModel[]
  clock: Clock
}

/** The model files on this machine: bundled, downloaded by us, or referenced where they lie. */
export function createLibrary({ collection, background, resourcesFolder, catalogue, clock }: LibraryDependencies): Library {
  const entries = createEntries({ collection, resourcesFolder, catalogue, addedAt: clock.wall() })

  const verifyOne = async (model: LibraryModel) => {
    const condition = await conditionOf(model, background)
    // It may have been removed or replaced while its file was looked at.
    if (entries.byId(model.id) !== model) return
    const changed = condition.state !== model.state || condition.bytes !== model.bytes || condition.facts !== model.facts
    // Other bytes have another hash; a known model keeps the one that it should have.
    const sha256 = condition.bytes !== model.bytes && model.catalogueId === null ? null : model.sha256
    if (changed) entries.put({ ...model, ...condition, sha256 })
  }

  const verify = async (id?: string) => {
    const models = id === undefined ? entries.list() : [entries.byId(id)].filter(model => model !== null)
    for (const model of models) await verifyOne(model)
  }

  return {
    start: () => verify(),
    list: entries.list,
    byId: entries.byId,
    resolve: name => findByName(entries.list(), catalogue, name),
    importFile: (path, hints) => importModel({ entries, background, catalogue, clock }, path, hints),
    async addDownloaded({ model, artifact, path, sha256 }) {
      const facts = await readFacts(background, path)
      return entries.put({
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
      return entries.put({
        id: known ? idOf(known.model, known.artifact) : id,
        title: known?.model.title ?? title,
        catalogueId: known?.model.id ?? null,
        artifactId: known?.artifact.id ?? null,
        ...{ origin, path: await realpath(path), state: 'ready', why: null, bytes: facts.bytes, sha256, facts, hub },
        engineTest: known?.model.engineTest ?? false,
        addedAt: clock.wall(),
      })
    },
    async relocate(id, path, origin) {
      const model = entries.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      const facts = await readFacts(background, path)
      return entries.put({ ...model, path, state: 'ready', why: null, facts, bytes: facts.bytes, ...(origin && { origin }) })
    },
    verify,
    digest: (id, signal) => digestOf({ entries, background }, id, signal),
    async remove(id, deleteFile) {
      const model = entries.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      if (model.origin === 'bundled') throw new Failure('bad-input', `${id} is part of the app and stays`)
      const isOurs = model.origin === 'downloaded' || model.origin === 'converted'
      if (deleteFile && isOurs) for (const part of partsOf(model.path)) await rm(part, { recursive: true, force: true })
      entries.drop(id)
    },
    subscribe: entries.subscribe,
  }
}

type Means = { entries: ReturnType<typeof createEntries>; background: Background }

async function digestOf({ entries, background }: Means, id: string, signal?: AbortSignal): Promise<string | null> {
  const model = entries.byId(id)
  if (!model || model.sha256 !== null) return model?.sha256 ?? null
  const paths = [...(await weightFiles(model.path))]
  const { sha256 } = await background.run(hashFilesTask, { paths }, { timeoutMs: hashWithinMs, ...(signal && { signal }) })
  if (entries.byId(id) === model) entries.put({ ...model, sha256 })
  return sha256
}
