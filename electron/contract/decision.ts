import * as z from 'zod'
import { needSchema } from './need'

export const evidenceSchema = z.object({
  kind: z.enum(['rule', 'matrix', 'published', 'measured', 'formula', 'machine']),
  /** What it rests on, in words; with a URL or document where there is one. */
  text: z.string(),
  source: z.string().nullable(),
})

export const reasonSchema = z.object({
  /** Id of the rule in resources/knowledge/rules.json. */
  rule: z.string(),
  text: z.string(),
  evidence: z.array(evidenceSchema),
})

/** Memory of one device, in MiB; the parts and `freeMiB` sum to `totalMiB` (free may be negative when it does not fit). */
export const deviceMemorySchema = z.object({
  id: z.string(),
  name: z.string(),
  totalMiB: z.number(),
  weightsMiB: z.number(),
  kvMiB: z.number(),
  computeMiB: z.number(),
  overheadMiB: z.number(),
  othersMiB: z.number(),
  freeMiB: z.number(),
  /** Of the weights: a second copy, packed for this processor; the mapped first one can be dropped when memory is short. */
  repackedMiB: z.number().optional(),
  /** What reads images, one of the parts: its weights and its buffers. Absent: nothing of it is here. */
  projectorMiB: z.number().optional(),
})

/** The engine's own reckoning without taking memory, beside the formula. Weights, cache and buffers, without the engine itself. */
export const memorySimulationSchema = z.object({
  /** Who reckoned; null when nobody did. */
  by: z.string().nullable(),
  /** Null when there is none, and `why` says why: the formula stands then. */
  simulatedMiB: z.number().nullable(),
  formulaMiB: z.number(),
  why: z.string().nullable(),
  /** It is being reckoned: asking again in some seconds brings it. */
  pending: z.boolean().optional(),
})

/** What each part of a device's memory is and what its figure rests on, a few sentences each. */
export const memoryPartsSchema = z.object({
  weights: z.string(),
  kv: z.string(),
  compute: z.string(),
  overhead: z.string(),
  others: z.string(),
  free: z.string(),
  /** Only where something reads images. */
  projector: z.string().optional(),
})

export const memoryEstimateSchema = z.object({
  devices: z.array(deviceMemorySchema),
  fits: z.boolean(),
  /** Layers on GPUs and in all; equal when everything is on the GPU, 0 when on the CPU. */
  gpuLayers: z.int(),
  layers: z.int(),
  /** How the parts were reckoned, one line each, for the hover. */
  workings: z.array(z.string()),
  basis: z.enum(['tensors', 'shape']),
  /** Absent in older records. */
  parts: memoryPartsSchema.optional(),
  /** Only for files that are here, on runtimes that reckon by themselves. */
  simulation: memorySimulationSchema.optional(),
})
export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>

export const rangeSchema = z.object({ low: z.number(), mid: z.number(), high: z.number() })
export type Range = z.infer<typeof rangeSchema>

export const speedEstimateSchema = z.object({
  /** Decode, tok/s for a single stream; null with a reason in `why` when it cannot be predicted. */
  oneUser: rangeSchema.nullable(),
  /** All users together, tok/s; null for one user. */
  users: rangeSchema.nullable(),
  ttftMs: rangeSchema.nullable(),
  /** Length of the prompt that `ttftMs` is for; absent in older records and where it is not predicted. */
  promptTokens: z.int().optional(),
  /** Of short prompts, for a first token after any of them (core/recommend/first-token.ts). Absent where it is not predicted. */
  shortPrompt: z.object({ tokensPerSecond: z.number(), leastMs: z.number() }).optional(),
  basis: z.enum(['estimated', 'measured']),
  why: z.string().nullable(),
  workings: z.array(z.string()),
  /** Runs that a prediction can be held against: of this device by others, and one's own here. Absent in older records. */
  runs: z.object({ device: z.string(), published: z.int(), own: z.int() }).optional(),
})
export type SpeedEstimate = z.infer<typeof speedEstimateSchema>

export const missingSchema = z.object({
  /** What stands between: a build to install, a model to download, something the app cannot do yet. */
  kind: z.enum(['build', 'model', 'unsupported', 'memory']),
  text: z.string(),
  bytes: z.number().nullable(),
  /** It cannot be got now (no source in reach, no build for this machine), so a start would fail; `text` says why. */
  blocked: z.boolean().optional(),
})

/** How good the model is for the task, 0..100, null when only guessed; `loss` is what its quantisation took of it. */
export const qualitySchema = z.object({
  points: z.number().nullable(),
  loss: z.number(),
  licence: z.string().nullable(),
  evidence: z.array(evidenceSchema),
})

/** A small model that proposes tokens for a large one to check. */
export const draftSchema = z.object({
  model: z.string(),
  title: z.string(),
  artifact: z.string(),
  memoryMiB: z.number(),
  /** What has to be fetched for it; null when its file is here. */
  downloadBytes: z.number().nullable().optional(),
  /** Expected gain of a single stream: 1.3 = 30 % faster. */
  gain: z.number(),
  /** The whole command with the draft. */
  command: z.array(z.string()),
  text: z.string(),
  evidence: z.array(evidenceSchema),
})

export const decisionSchema = z.object({
  rank: z.int(),
  runtime: z.string(),
  runtimeTitle: z.string(),
  /** `llama.cpp@built-in-3.21.1`; null when no build is here yet. */
  build: z.string().nullable(),
  buildTitle: z.string().nullable(),
  model: z.string(),
  modelTitle: z.string(),
  artifact: z.string(),
  /** Id of the file in the library when it is here. */
  libraryId: z.string().nullable(),
  engineTest: z.boolean(),
  /** Context each slot gets. */
  contextTokens: z.int(),
  slots: z.int(),
  /** Type of the KV cache that the memory was reckoned with, for the start; absent is f16. */
  kvQuantisation: z.enum(['f16', 'q8_0', 'q4_0']).optional(),
  /** GPUs that share each layer, for the start; absent is one. */
  tensorParallel: z.int().optional(),
  /** Layers on GPUs, for the start; absent leaves as many as fit to the engine. */
  gpuLayers: z.int().optional(),
  /** False: what reads images has no room beside it and is left out, for the start. Absent: it is loaded where there is one. */
  images: z.literal(false).optional(),
  startable: z.object({ now: z.boolean(), missing: z.array(missingSchema) }),
  command: z.array(z.string()),
  memory: memoryEstimateSchema,
  speed: speedEstimateSchema,
  headline: z.string(),
  reasons: z.array(reasonSchema),
  warnings: z.array(z.string()),
  givesUp: z.array(z.string()),
  /** `need` is what would be different; applying it shows the other answer. `each`: every change that leads to it, the first one included. */
  changesIf: z.array(
    z.object({
      text: z.string(),
      runtime: z.string(),
      need: z.record(z.string(), z.unknown()),
      title: z.string().optional(),
      each: z.array(z.object({ text: z.string(), need: z.record(z.string(), z.unknown()) })).optional(),
    }),
  ),
  downloadBytes: z.number().nullable(),
  quality: qualitySchema.optional(),
  /** Null where no draft pays; absent in older records. */
  draft: draftSchema.nullable().optional(),
  /** What each warning and each thing given up rests on, by its text. */
  grounds: z.record(z.string(), z.array(evidenceSchema)).optional(),
  /** Points of each level of precedence, for saying why one stands before another. */
  points: z.record(z.string(), z.number()).optional(),
})
export type Decision = z.infer<typeof decisionSchema>

export const recommendationSchema = z.object({
  need: needSchema,
  decisions: z.array(decisionSchema),
  rejected: z.array(z.object({ runtime: z.string(), title: z.string(), why: z.string() })),
  /** What has to be said about the whole: nothing fits, fine-tuning is outside the app. */
  notes: z.array(z.string()),
  /** What each note rests on, by its text. */
  grounds: z.record(z.string(), z.array(evidenceSchema)).optional(),
})
export type Recommendation = z.infer<typeof recommendationSchema>
