import { existsSync } from 'node:fs'
import type { ModelStore, StoredModel } from '../../../contract/model-store'
import type { Background } from '../../lib/background'
import { listFolderTask } from '../tasks'
import type { FoundModel, ListedFile, StoreKind, StoreWorld } from '../../runtimes/common-model-store'

/** One folder to look through. */
export type Place = Pick<ModelStore, 'id' | 'title' | 'folder'> & { kind: ModelStore['kind']; reader: StoreKind }
export type Scanned = { store: ModelStore; models: StoredModel[]; files: readonly ListedFile[] }

/** The folders of all programs that are there, then those a person named, then ours. */
export function placesOf(kinds: readonly StoreKind[], world: StoreWorld): Place[] {
  return kinds.flatMap(reader => {
    const folders = [...new Set(reader.folders(world))].filter(folder => existsSync(folder))
    return folders.map((folder, index) => ({
      ...{ id: index === 0 ? reader.id : `${reader.id}-${index + 1}`, title: reader.title, folder, reader },
      kind: 'program' as const,
    }))
  })
}

/** Lists a folder in the background and reads what is in it. */
export async function scanPlace(background: Background, { id, title, folder, kind, reader }: Place, signal: AbortSignal): Promise<Scanned> {
  const input = { folder, texts: reader.texts, depth: reader.depth }
  const listing = await background.run(listFolderTask, input, { timeoutMs: 120_000, signal })
  const found = reader.read(listing)
  const models = withIds(id, found)
  const inodes = new Map(found.flatMap(({ files }) => files.map(file => [file.inode, file.bytes] as const)))
  const bytes = [...inodes.values()].reduce((sum, each) => sum + each, 0)
  return { store: { id, title, folder, kind, models: models.length, bytes, why: listing.why }, models, files: listing.files }
}

/** `ollama/qwen3:8b`, `hub-cache/org/name@1a2b3c4d`. */
function withIds(store: string, found: readonly FoundModel[]): StoredModel[] {
  const taken = new Map<string, number>()
  return found.map(model => {
    const base = `${store}/${model.name}${model.commit === null ? '' : `@${model.commit.slice(0, 8)}`}`
    const number = (taken.get(base) ?? 0) + 1
    taken.set(base, number)
    return { ...model, id: number === 1 ? base : `${base}#${number}`, store, libraryId: null }
  })
}
