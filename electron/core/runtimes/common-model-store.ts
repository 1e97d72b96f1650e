import type { StoredModel } from '../../contract/model-store'

/** One file of a store's folder, links followed. */
export type ListedFile = {
  /** Within the folder, with `/`. */
  path: string
  /** Where it really lies. */
  real: string
  bytes: number
  modifiedMs: number
  /** `device:number`. */
  inode: string
  /** Content of a small file that the store asked for. */
  text: string | null
}
export type StoreListing = { folder: string; files: readonly ListedFile[]; /** What could not be read. */ why: string | null }

export type FoundModel = Omit<StoredModel, 'id' | 'store' | 'libraryId'>

/** The world as far as a store's place depends on it. */
export type StoreWorld = {
  environment: Readonly<Record<string, string | undefined>>
  home: string
  platform: NodeJS.Platform
  /** First line of a small file; null when it is not there. */
  readLine(path: string): string | null
}

/** How one program keeps its models, as data and pure functions. */
export type StoreKind = {
  id: string
  title: string
  /** Where it may lie, in the order in which its program looks; every one that is there is read. */
  folders(world: StoreWorld): readonly string[]
  /** Small files whose text `read` needs, by path within the folder. */
  texts: RegExp
  /** How deep its folders go. */
  depth: number
  read(listing: StoreListing): readonly FoundModel[]
  /** Where within the folder a further name of a GGUF is found by its program; absent when it finds none. */
  place?(model: { publisher: string; name: string; fileName: string }): string
}

/** Where these facts are from: each program's own documentation, named in its file. */
export const defineStore = (store: StoreKind): StoreKind => store
