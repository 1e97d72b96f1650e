import type { Instance, InstancesEvent, LogEvent, LogLine, Proof, StartRequest } from '../../contract/instance'
import type { MemoryEstimate, SpeedEstimate } from '../../contract/decision'
import type { Build } from '../../contract/runtime'
import type { LaunchInput, LaunchPlan, Runtime } from '../runtimes/runtime'

/** What the supervisor gives to each attempt: a port of its own, a secret of its own, a folder that it may write to. */
export type AttemptMeans = { port: number; key: string; folder: string }

export type StartSpec = {
  /** Two starts of the same key are the same start: the second joins the first. */
  key: string
  runtime: Runtime
  build: Build
  model: { id: string; title: string; engineTest: boolean }
  /** Model name on the gateway. */
  route: string
  /** What the person asked; `port` in it is used as it is. Null for an attached server. */
  request: StartRequest | null
  estimate: MemoryEstimate | null
  speedEstimate: SpeedEstimate | null
  /** Made anew for each attempt, so that a restart gets a fresh port and secret. `signal`: the attempt has ended and waits no longer. */
  makeInput(means: AttemptMeans, signal: AbortSignal): LaunchInput | Promise<LaunchInput>
}

/** Where the gateway sends requests of a ready instance. */
export type Upstream = {
  instanceId: string
  runtime: string
  /** Base address without a path. */
  address: string
  headers: Readonly<Record<string, string>>
  upstreamModel: string
  /** Length of its context, for one that does not refuse what is longer; absent when it does so itself. */
  contextTokens?: number
  /** Why it reads no images, a sentence; absent where it does, or where that is not known. */
  withoutImages?: string
}

/** The log of one instance. */
export type InstanceLog = {
  /** What is kept, oldest first. */
  lines(): LogLine[]
  /** Lines that the ring has let go. */
  dropped(): number
  /** Opens with a snapshot, then batches at most every 50 ms. Returns the function that ends it. */
  subscribe(listener: (event: LogEvent) => void): () => void
}

export type Supervisor = {
  /**
   * Starts a runtime, or attaches to a running server when the plan says so. Resolves when it is ready. Rejects with
   * Failure `did-not-start` (the instance is then `failed` and holds the autopsy) or `cancelled` (it was stopped).
   */
  start(spec: StartSpec): Promise<Instance>
  /** `start` by the name that fits a plan which attaches to a running server: it is watched and never stopped. */
  attach(spec: StartSpec): Promise<Instance>
  /** Idempotent; wins over a start in progress. Resolves when nothing of it is alive, or when it is `stuck`. */
  stop(id: string): Promise<void>
  /** Stops it and starts it again under the same id, with another spec where one is given. */
  restart(id: string, spec?: StartSpec): Promise<Instance>
  /** Takes an ended instance off the list; Failure `busy` while it lives. */
  remove(id: string): void
  list(): Instance[]
  get(id: string): Instance | null
  /** The instance of this key that was asked for last; null when there is none. */
  find(key: string): Instance | null
  /** Changes only; `list()` is the snapshot. Memory is read every 2 s while anyone subscribes. */
  subscribe(listener: (event: InstancesEvent) => void): () => void
  /** Null while it is not ready. */
  upstream(id: string): Upstream | null
  /** The input and plan of the last attempt; null before the first. */
  attempt(id: string): { input: LaunchInput; plan: LaunchPlan } | null
  /** Null when there is no such instance. */
  logs(id: string): InstanceLog | null
  /** A GET of ours goes to a running instance: its line is left out of the log. */
  asks(id: string, path: string): void
  /** Tells the person something about a running instance. */
  notice(id: string, text: string): void
  setProof(id: string, proof: Proof): void
  setThreads(id: string, threads: number): void
  /** Ends leftovers of earlier runs of this home; call once, before the first start. One sentence for each. */
  sweep(): Promise<string[]>
  /** Stops everything in parallel; nothing can be started afterwards. */
  dispose(): Promise<void>
}
