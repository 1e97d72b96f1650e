import * as z from 'zod'
import type { Job } from '../../../contract/job'
import type { LibraryModel } from '../../../contract/model'
import type { Linked, LinkPreview, StoresSnapshot } from '../../../contract/model-store'
import type { Background } from '../../lib/background'
import type { Clock } from '../../lib/clock'
import type { Jobs } from '../../lib/jobs.types'
import type { Collection } from '../../store/store.types'
import type { Library } from '../library.types'
import type { LinkWish } from './link-plan'
import type { StoreKind, StoreWorld } from '../../runtimes/common-model-store'

/** A hash that was taken once, good as long as the file is the same. */
export const keptHashSchema = z.object({ bytes: z.number(), modifiedMs: z.number(), sha256: z.string() })
export type KeptHash = z.infer<typeof keptHashSchema>
export const keptFolderSchema = z.object({ folder: z.string() })

export type StoresDependencies = {
  kinds: readonly StoreKind[]
  world: StoreWorld
  background: Background
  clock: Clock
  jobs: Jobs
  library: Library
  modelsFolder: () => string
  hashes: Collection<KeptHash>
  links: Collection<Linked>
  folders: Collection<z.infer<typeof keptFolderSchema>>
  /** Copies smaller than this are not looked for; 16 MiB when it is not given. */
  leastBytes?: number
}

export type Stores = {
  snapshot(): StoresSnapshot
  subscribe(listener: (snapshot: StoresSnapshot) => void): () => void
  /** Looks once, for whoever comes first. */
  look(): void
  /** Looks through all stores as a job; one that runs is joined. */
  scan(options: { hash: boolean }): Job
  addFolder(folder: string): Promise<void>
  removeFolder(folder: string): void
  /** Takes a stored model into the library where it lies. */
  use(id: string): Promise<LibraryModel>
  preview(wish: LinkWish): LinkPreview
  link(wish: LinkWish): Job
  previewShare(wish: { model: string; store: string }): Promise<LinkPreview>
  share(wish: { model: string; store: string }): Promise<Job>
  undo(id: string): Job
}
