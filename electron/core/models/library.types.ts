import type { Artifact, CatalogueModel, LibraryModel, Projector } from '../../contract/model'

export type AddedFile = { model: CatalogueModel; artifact: Artifact; path: string; sha256: string | null }

/** A file or folder of ours under a name of its own. */
export type OwnModel = Pick<LibraryModel, 'id' | 'title' | 'path' | 'sha256'> & {
  origin: 'downloaded' | 'converted'
  hub: { repository: string; commit: string | null } | null
}
/** What is known of an imported model beside its file: what its store calls it, its hash and its place on the hub. */
export type ImportHints = { name?: string; sha256?: string | null; hub?: LibraryModel['hub']; projector?: Projector }

export type Library = {
  /** Looks at every file: what is missing or changed says so from then on. Call it once at the start. */
  start(): Promise<void>
  /** Bundled first, then in the order they were added. */
  list(): LibraryModel[]
  byId(id: string): LibraryModel | null
  /**
   * Finds `org/name:artifact`, or for `org/name` whatever artifact of it is here, ready ones first in the order of the
   * catalogue. Capitals do not matter. Null when nothing of that name is here.
   */
  resolve(name: string): LibraryModel | null
  /**
   * Takes a file into the library where it lies; its header is read first, and a file that is known by its hash gets the
   * catalogue's name. Fails with `model-missing`, `not-a-gguf`, `model-damaged` or `bad-input`.
   */
  importFile(path: string, hints?: ImportHints): Promise<LibraryModel>
  /** Adds what a download brought. */
  addDownloaded(file: AddedFile): Promise<LibraryModel>
  /** Adds what the hub or a conversion brought; the catalogue's name where the hash is known there. */
  addOwn(model: OwnModel): Promise<LibraryModel>
  /** The same model lies elsewhere now. */
  relocate(id: string, path: string, origin?: LibraryModel['origin']): Promise<LibraryModel>
  /** What reads images for it lies here now. */
  setProjector(id: string, projector: Projector): LibraryModel
  /** Looks at one file, or at all. */
  verify(id?: string): Promise<void>
  /** Its SHA-256, read through once where it is not known (that of what reads its images too); null when it is not here. */
  digest(id: string, signal?: AbortSignal): Promise<string | null>
  /** Takes it off the list; deletes the file only of a download, and only when asked. */
  remove(id: string, deleteFile: boolean): Promise<void>
  subscribe(listener: (models: LibraryModel[]) => void): () => void
}
