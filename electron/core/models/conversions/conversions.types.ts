import type { Background } from '../../lib/background'
import type { Jobs } from '../../lib/jobs.types'
import type { Conversion } from '../../runtimes/common-conversion'
import type { Collection } from '../../store/store.types'
import type { Library } from '../library.types'
import type { ServerMeans } from './borrow-server'
import type { ToolWorld } from './find-tools'
import type { ToolPacks } from './tool-packs'
import type { Unfinished } from './unfinished'

export type ConversionsDependencies = {
  conversions: readonly Conversion[]
  library: Library
  jobs: Jobs
  background: Background
  world: ToolWorld
  modelsFolder: () => string
  /** Folder of a store that is there. */
  storeFolder: (store: string) => string | null
  /** A store has a model more. */
  changed(): void
  packs: ToolPacks
  server: ServerMeans
  /** Places of conversions that have not ended, kept over restarts. */
  unfinished: Collection<Unfinished>
}
