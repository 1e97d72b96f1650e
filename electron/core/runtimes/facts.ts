import type { tasks, musts } from '../../contract/need'

export type Tier = 'excellent' | 'strong' | 'acceptable' | 'limited'

/** Ids of the matrix dimensions in resources/knowledge/dimensions.json. */
export type Dimension =
  | 'throughput'
  | 'concurrency'
  | 'maintenance'
  | 'reproducibility'
  | 'os'
  | 'lock-in'
  | 'observability'
  | 'multi-gpu'
  | 'speculative'
  | 'edge'
  | 'cadence'

export type MatrixCell = { tier: Tier | null; says: string; now?: string }

/**
 * `flashAttention`: off, on (absent), or only where keys and values of a head are of one size. `lastOutputsFrom`: first
 * llama.cpp build number that keeps logits of each slot's last token only.
 */
export type ContextHabits = { flashAttention?: false | 'equal-heads'; slidingMicroBatch?: number; lastOutputsFrom?: number }

/** What the recommender reasons over. Data only: no rule names a runtime, rules read these. */
export type RuntimeFacts = {
  /** Its column of the matrix; a runtime that the matrix's source does not judge has our own, marked in `matrixSource`. */
  matrix: Readonly<Partial<Record<Dimension, MatrixCell>>>
  matrixSource: string
  formats: readonly ('gguf' | 'safetensors' | 'mlx')[]
  /** Formats that it loads besides, though others are advised for it. */
  alsoLoads?: readonly ('gguf' | 'safetensors' | 'mlx')[]
  /** Backends that a format needs, where it does not run on all of them. */
  formatNeeds?: Readonly<Partial<Record<'gguf' | 'safetensors' | 'mlx', readonly string[]>>>
  /** Families of models (catalogue) that it does not load, by backend; `any` for all of them. Absent = it loads what its formats allow. */
  withoutFamilies?: Readonly<Record<string, readonly string[]>>
  /** Must-haves it fulfils, each with a sentence that says how. Absent = it does not. */
  fulfils: Readonly<Partial<Record<(typeof musts)[number], string>>>
  /** Tasks it is made for, each with the sentence that argues it. */
  madeFor: Readonly<Partial<Record<(typeof tasks)[number], string>>>
  /** Properties that rules ask for, such as `continuous-batching`, `reserves-memory`, `prefix-cache`; listed in core/recommend/README.md. */
  traits: readonly string[]
  /** How it serves several users: all in one batch, in a few slots, or one after another. */
  concurrency: { kind: 'batched' | 'slots' | 'queue'; comfortableUsers: number }
  /** What one gives up by choosing it. */
  givesUp: readonly string[]
  /**
   * Engine overhead per device in MiB and share of the device it reserves at start (null = takes what it needs). `repacks`:
   * without a GPU it keeps a second copy of some weights, packed for the processor.
   */
  memory: { overheadMiB: Readonly<Record<string, number>>; reservedShare: number | null; repacks?: true }
  /** By kind of build, where its context differs from flash attention on, llama.cpp's micro-batch and logits for all of it. */
  contextOf?: Readonly<Record<string, ContextHabits>>
  /** Decode efficiency against the common model of core/recommend/speed.ts, by backend; 1 = as llama.cpp's published runs. */
  speedFactor: Readonly<Record<string, number>>
}
