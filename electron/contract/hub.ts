import * as z from 'zod'
import { fitSchema } from './model'

export const hubFormats = ['gguf', 'safetensors', 'mlx'] as const
export const hubSorts = ['downloads', 'likes', 'updated', 'trending'] as const

/** What is asked of the hub. `size` and `fits` are looked at here, over what the hub answers page by page. */
export const hubQuerySchema = z.object({
  text: z.string().max(200),
  format: z.enum(hubFormats).nullable(),
  sort: z.enum(hubSorts),
  /** Parameters at most; null is any size. */
  mostParameters: z.number().positive().nullable(),
  /** Only what is estimated to fit this machine whole. */
  fits: z.boolean(),
  /** Where the last page ended. */
  cursor: z.string().max(4_000).nullable(),
})
export type HubQuery = z.infer<typeof hubQuerySchema>

export const hubModelSchema = z.object({
  /** `org/name`. */
  id: z.string(),
  downloads: z.number().nullable(),
  likes: z.number().nullable(),
  updatedAt: z.string().nullable(),
  /** Its files are given only to people who accepted its terms. */
  gated: z.boolean(),
  licence: z.string().nullable(),
  parameters: z.number().nullable(),
  formats: z.array(z.enum(hubFormats)),
  /** Reckoned from its parameters in the usual quantisation of its format; unknown without them. */
  fit: fitSchema,
})
export type HubModel = z.infer<typeof hubModelSchema>

export const hubPageSchema = z.object({
  /** The hub that answered. */
  host: z.string(),
  models: z.array(hubModelSchema),
  /** Of those that the hub named, how many the filters of this machine left out. */
  leftOut: z.int(),
  cursor: z.string().nullable(),
})
export type HubPage = z.infer<typeof hubPageSchema>

export const hubFileSchema = z.object({ path: z.string(), bytes: z.number().nullable(), sha256: z.string().nullable() })
export type HubFile = z.infer<typeof hubFileSchema>

/** Files that belong together: one GGUF with its parts, or a folder of safetensors with its description. */
export const hubArtifactSchema = z.object({
  /** `Q4_K_M`, `BF16`, `4bit`; unique within the repository. */
  id: z.string(),
  format: z.enum(hubFormats),
  quantisation: z.string(),
  files: z.array(hubFileSchema).min(1),
  /** Sum over the files; null when one has no size. */
  bytes: z.number().nullable(),
  /** Comes with it, so that it reads images; absent or null where there is none. */
  projector: hubFileSchema.nullable().optional(),
  fit: fitSchema,
  /** Titles of the runtimes that load it on this machine; empty with the reason in `why`. */
  loadedBy: z.array(z.string()),
  why: z.string().nullable(),
  libraryId: z.string().nullable(),
})
export type HubArtifact = z.infer<typeof hubArtifactSchema>

/** One repository at one commit. */
export const hubRepositorySchema = z.object({
  id: z.string(),
  commit: z.string(),
  page: z.string(),
  licence: z.string().nullable(),
  licenceLink: z.string().nullable(),
  parameters: z.number().nullable(),
  /** `open`; `granted`: gated and this token may read it; `needs-token`, `needs-consent`: the step that is left. */
  access: z.enum(['open', 'granted', 'needs-token', 'needs-consent', 'unknown']),
  artifacts: z.array(hubArtifactSchema),
  /** Projectors for images: they go with a GGUF of this repository. */
  projectors: z.array(hubFileSchema),
  /** What lies there and is not offered, each with the reason. */
  refused: z.array(z.object({ file: z.string(), why: z.string() })),
})
export type HubRepository = z.infer<typeof hubRepositorySchema>

/** Whose key is sent to the hub; the key itself is never told. */
export const hubTokenSchema = z.object({
  /** `stored`: given to Roundhouse. `environment`: HF_TOKEN. `file`: left by the hub's own tools. */
  from: z.enum(['stored', 'environment', 'file']).nullable(),
  /** The hub it is sent to. */
  host: z.string(),
  /** Who the hub says it belongs to, when it was asked. */
  account: z.string().nullable(),
})
export type HubToken = z.infer<typeof hubTokenSchema>
