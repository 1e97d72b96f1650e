import { rm } from 'node:fs/promises'
import { Failure } from '../../contract/failure'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import type { Collection } from '../store/store.types'
import { partsOf } from '../runtimes/common-gguf-parts'
import { conditionOf, readFacts, weightFiles } from './library-check'
import { createAdding } from './library-add'
import { createEntries } from './library-entries'
import { importModel } from './library-import'
import { findByName } from './library-names'
import { findProjector } from './projectors'
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

  /** With what reads images for it, as its folder is now. */
  const seeing = async (model: LibraryModel): Promise<LibraryModel> => {
    const projector = await findProjector(model, { background, catalogue })
    return projector === null && !model.projector ? model : { ...model, projector }
  }
  const putSeeing = async (model: LibraryModel) => entries.put(await seeing(model))

  const verifyOne = async (model: LibraryModel) => {
    const condition = await conditionOf(model, background)
    const { projector } = await seeing({ ...model, ...condition })
    // It may have been removed or replaced while its file was looked at.
    if (entries.byId(model.id) !== model) return
    const changed =
      condition.state !== model.state ||
      condition.bytes !== model.bytes ||
      condition.facts !== model.facts ||
      !same(projector, model.projector)
    // Other bytes have another hash; a known model keeps the one that it should have.
    const sha256 = condition.bytes !== model.bytes && model.catalogueId === null ? null : model.sha256
    if (changed) entries.put({ ...model, ...condition, sha256, ...(projector !== undefined && { projector }) })
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
    importFile: async (path, hints) => putSeeing(await importModel({ entries, background, catalogue, clock }, path, hints)),
    ...createAdding({ background, catalogue, clock, put: putSeeing }),
    async relocate(id, path, origin) {
      const model = entries.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      const facts = await readFacts(background, path)
      return putSeeing({ ...model, path, state: 'ready', why: null, facts, bytes: facts.bytes, ...(origin && { origin }) })
    },
    setProjector(id, projector) {
      const model = entries.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      return entries.put({ ...model, projector })
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
      if (deleteFile && isOurs) await removeProjector(model, entries.list())
    },
    subscribe: entries.subscribe,
  }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

/** What reads images goes with the last model that it was for. */
async function removeProjector({ projector }: LibraryModel, left: readonly LibraryModel[]): Promise<void> {
  const file = projector?.path ?? null
  if (file !== null && !left.some(each => each.projector?.path === file)) await rm(file, { force: true })
}

type Means = { entries: ReturnType<typeof createEntries>; background: Background }

async function digestOf({ entries, background }: Means, id: string, signal?: AbortSignal): Promise<string | null> {
  const model = entries.byId(id)
  if (!model) return null
  const hash = async (paths: readonly string[]) =>
    (await background.run(hashFilesTask, { paths }, { timeoutMs: hashWithinMs, ...(signal && { signal }) })).sha256
  const sha256 = model.sha256 ?? (await hash(await weightFiles(model.path)))
  const { projector } = model
  const seen = projector?.path != null && projector.sha256 === null ? { ...projector, sha256: await hash([projector.path]) } : projector
  const changed = sha256 !== model.sha256 || seen !== projector
  if (changed && entries.byId(id) === model) entries.put({ ...model, sha256, ...(seen !== undefined && { projector: seen }) })
  return sha256
}
