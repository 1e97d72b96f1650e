import type { Machine } from '../../contract/machine'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Need } from '../../contract/need'
import type { Build, InstallOffer } from '../../contract/runtime'
import type { Runtime } from '../runtimes/runtime'

/** One run of a runtime on this machine, as the proof after a load or a benchmark measured it. */
export type Measurement = {
  runtime: string
  /** Build id. */
  build: string
  /** `org/name`, or the library id of an imported file. */
  model: string
  artifact: string
  /** Decode, one stream. */
  tokensPerSecond: number | null
  ttftMs: number | null
  /** Tokens that were read before `ttftMs`; null or absent where they were not counted. */
  promptTokens?: number | null | undefined
  /** It computed with on the CPU; null or absent where that was not kept. */
  threads?: number | null
  /** ISO 8601. */
  at: string
}

/** Everything the decision depends on; the same input always gives the same answer. */
export type RecommendInput = {
  machine: Machine
  need: Need
  catalogue: readonly CatalogueModel[]
  library: readonly LibraryModel[]
  builds: readonly Build[]
  offers: readonly InstallOffer[]
  /** Which outside sources answered; null = not asked yet, which counts as in reach. */
  reachable: { hub: boolean | null; pypi: boolean | null }
  runtimes: readonly Runtime[]
  measurements: readonly Measurement[]
}
