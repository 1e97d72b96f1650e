import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { StoredModel, StoresSnapshot } from '../../../contract/model-store'
import { createEventBus } from '../../lib/event-bus'
import { duplicatesOf, filesToHash } from './content-index'
import { createLinking } from './linking'
import { createScanner } from './scanner'
import type { Stores, StoresDependencies } from './stores.types'

/** All stores of models on this machine, one index over them, and links in place of copies. */
export function createStores(dependencies: StoresDependencies): Stores {
  const { library, links, folders, leastBytes } = dependencies
  const bus = createEventBus<StoresSnapshot>()
  const scanner = createScanner(dependencies)

  const named = (model: StoredModel): StoredModel => {
    const isSame = (path: string) => path === model.path || model.files.some(file => file.path === path)
    return { ...model, libraryId: library.list().find(({ path, origin }) => origin !== 'bundled' && isSame(path))?.id ?? null }
  }
  const snapshot = (): StoresSnapshot => {
    const { stores, models, scannedAt, job } = scanner.found()
    return {
      ...{ stores: [...stores], models: models.map(named), duplicates: duplicatesOf(models, leastBytes), scannedAt, job },
      links: [...links.all().map(({ value }) => value)].sort((a, b) => b.at.localeCompare(a.at)),
      unhashedBytes: filesToHash(models, leastBytes).reduce((sum, { bytes }) => sum + bytes, 0),
    }
  }
  const tell = () => bus.emit(snapshot())
  scanner.subscribe(tell)
  library.subscribe(tell)

  return {
    snapshot,
    subscribe: listener => bus.subscribe(listener),
    look() {
      const { scannedAt, job } = scanner.found()
      if (scannedAt === null && job === null) scanner.scan({ hash: false })
    },
    scan: scanner.scan,
    ...createLinking(dependencies, scanner, snapshot),
    async addFolder(folder) {
      if (!isAbsolute(folder)) throw new Failure('bad-input', `${folder} is not a full path`)
      const stats = await stat(folder).catch(() => null)
      if (!stats?.isDirectory()) throw new Failure('not-found', `There is no folder ${folder}`)
      folders.set(folder, { folder })
      scanner.scan({ hash: false })
    },
    removeFolder(folder) {
      folders.remove(folder)
      scanner.forget(folder)
    },
    async use(id) {
      const model = snapshot().models.find(each => each.id === id)
      if (!model) throw new Failure('not-found', `There is no ${id} in the stores`)
      if (model.why !== null) throw new Failure('bad-input', `${model.name}: ${model.why}`)
      const [file, ...more] = model.files
      const sha256 = more.length === 0 ? (file?.sha256 ?? null) : null
      const hub = model.commit === null ? null : { repository: model.name.split('/').slice(0, 2).join('/'), commit: model.commit }
      return library.importFile(model.path, {
        name: model.name.replace(/\.gguf$/i, ''),
        sha256,
        hub,
        ...(model.projector && { projector: { ...model.projector, why: null } }),
      })
    },
  }
}
