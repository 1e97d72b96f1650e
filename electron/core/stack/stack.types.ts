import type { Dispatcher } from 'undici'
import type { Instance, Proof, StartRequest } from '../../contract/instance'
import type { Job } from '../../contract/job'
import type { MemoryEstimate, Recommendation, SpeedEstimate } from '../../contract/decision'
import type { Machine } from '../../contract/machine'
import type { LibraryModel } from '../../contract/model'
import type { Build, InstallOffer, SettingValues } from '../../contract/runtime'
import type { Clock } from '../lib/clock'
import type { Jobs } from '../lib/jobs.types'
import type { Library } from '../models/library.types'
import type { Runtime } from '../runtimes/runtime'
import type { Measurements } from '../store/measurements'
import type { Collection } from '../store/store.types'
import type { Supervisor } from '../supervisor/supervisor.types'
import type { Golden } from './golden'

export type Progress = { done: number; total: number | null; unit?: 'bytes' | 'steps' }
export type TransferOptions = {
  signal: AbortSignal
  onProgress(progress: Progress): void
  /** What is being done now, in a few words. */
  onStage?(text: string): void
  log?(line: string): void
}

/** What goes on within a step: in words, and how far it is where that can be counted. */
export type Stage = { text: string; done?: number; total?: number; unit?: 'bytes' | 'steps' | 'percent' }
export type TellStage = (stage: Stage) => void

export type Estimate = { memory: MemoryEstimate; speed: SpeedEstimate }

/** Whether a build passed the engine test on this machine; kept, so that it is asked once per build. */
export type BuildProof = { asked: number; right: number; at: string }

export type StackDeps = {
  runtimes: readonly Runtime[]
  supervisor: Supervisor
  jobs: Jobs
  clock: Clock
  dispatcher: Dispatcher
  golden: Golden
  buildProofs: Collection<BuildProof>
  measurements: Measurements
  machine(): Promise<Machine>
  builds(): Promise<Build[]>
  offers(): Promise<InstallOffer[]>
  install(offerId: string, options: TransferOptions): Promise<Build>
  /** Looks at the files of a build of ours before its first start; tells bytes while it reads them. @throws Failure `build-changed`. */
  checkBuild(build: Build, options: { signal: AbortSignal; onProgress(amount: { done: number; total: number }): void }): Promise<void>
  /** Flags that this build takes by its own help; null when it was not asked. */
  knownFlags(runtime: Runtime, build: Build): Promise<ReadonlySet<string> | null>
  /** What the person saved for a runtime; a request's own values come before these. */
  savedSettings(runtime: string): SettingValues
  library: Pick<Library, 'resolve' | 'byId' | 'verify' | 'digest' | 'list'>
  /** The engine test as a folder of safetensors, for runtimes that load no GGUF; null when this copy of the app lacks it. */
  engineTestFolder(): Promise<LibraryModel | null>
  /** Fetches a model of the catalogue into the library. */
  fetchModel(id: string, options: TransferOptions): Promise<LibraryModel>
  /** Ids of the catalogue that could be fetched. */
  knows(id: string): boolean
  recommend(wish: { model: string | null }): Promise<Recommendation>
  estimate(input: {
    runtime: Runtime
    build: Build
    model: LibraryModel
    draft: LibraryModel | null
    request: StartRequest
    contextTokens: number
    slots: number
  }): Promise<Estimate>
  /** Load average over the last minute. */
  load(): number
}

export type Wish = { model: string | null; runtime: string | null; contextTokens: number | null }

/** What the engine test showed of a build, and how long it took to be ready. */
export type Trial = {
  proof: Proof
  startMs: number
  /** A model of the library that stood in for the engine test, and its answers to the first questions; absent for the test itself. */
  standIn?: { model: string; title: string; answers: readonly string[] }
}
/** `standIn`: id of a model of the library that is asked in place of the engine test. */
export type TrialInput = { build: Build; signal: AbortSignal; gpuLayers: number | null; standIn?: string | null; onStage?: TellStage }

export type Stack = {
  choose(wish: Wish): Promise<StartRequest>
  /** Install, engine test, download, load and proof as one job whose result is the instance. */
  start(request: StartRequest): Job
  restart(id: string, request: StartRequest | null): Job
  attach(server: { address: string; key: string | null; model: string | null }): Promise<Instance>
  /** Figures of a build on the engine test, or on a model in its place; null when there is none for it. @throws Failure of its start. */
  measure(runtime: Runtime, input: TrialInput): Promise<Trial | null>
  /** The smallest model here that a runtime loads, to compare builds that do not load the engine test; null when there is none. */
  standIn(runtime: Runtime): { id: string; title: string } | null
}
