import { join } from 'node:path'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import { createEventBus } from '../lib/event-bus'
import type { Collection } from '../store/store.types'
import { idOf } from './library-names'

export type EntriesDependencies = {
  collection: Collection<LibraryModel>
  resourcesFolder: string
  catalogue: readonly CatalogueModel[]
  addedAt: string
}

export type Entries = ReturnType<typeof createEntries>

/** The library's rows: bundled ones from the catalogue, the others from the store. */
export function createEntries(dependencies: EntriesDependencies) {
  const { collection } = dependencies
  const bus = createEventBus<LibraryModel[]>()
  const bundled = new Map(bundledModels(dependencies).map(model => [model.id, model]))
  const kept = collection.all().map(({ value }) => value)
  const stored = new Map(kept.sort((a, b) => a.addedAt.localeCompare(b.addedAt)).map(model => [model.id, model]))
  const list = (): LibraryModel[] => [...bundled.values(), ...stored.values()]
  return {
    list,
    byId: (id: string) => bundled.get(id) ?? stored.get(id) ?? null,
    put(model: LibraryModel): LibraryModel {
      if (bundled.has(model.id)) bundled.set(model.id, model)
      else {
        stored.set(model.id, model)
        collection.set(model.id, model)
      }
      bus.emit(list())
      return model
    },
    drop(id: string) {
      stored.delete(id)
      collection.remove(id)
      bus.emit(list())
    },
    subscribe: (listener: (models: LibraryModel[]) => void) => bus.subscribe(listener),
  }
}

function bundledModels({ catalogue, resourcesFolder, addedAt }: EntriesDependencies): LibraryModel[] {
  return catalogue.flatMap(model =>
    model.artifacts.flatMap(artifact => {
      const source = artifact.sources.find(candidate => candidate.kind === 'bundled')
      if (!source) return []
      return [
        {
          id: idOf(model, artifact),
          title: model.title,
          catalogueId: model.id,
          artifactId: artifact.id,
          origin: 'bundled' as const,
          path: join(resourcesFolder, source.path),
          // Until it is looked at: the app carries it.
          state: 'ready' as const,
          why: null,
          bytes: artifact.bytes ?? 0,
          sha256: artifact.sha256,
          facts: null,
          engineTest: model.engineTest,
          addedAt,
        },
      ]
    }),
  )
}
