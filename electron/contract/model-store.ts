import * as z from 'zod'

/** A model that lies in the store of some program, as its folder shows it. */
export const storedModelSchema = z.object({
  /** Store and place: stable over scans. */
  id: z.string(),
  store: z.string(),
  name: z.string(),
  format: z.enum(['gguf', 'safetensors', 'mlx']),
  /** What a runtime is given: a file (the first part of several) or a folder. */
  path: z.string(),
  bytes: z.number(),
  /** Weight files in order, where each really lies after links. */
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number(),
      /** Known from the store's own naming, or from hashing once; null while it is not needed. */
      sha256: z.string().nullable(),
      /** Device and number of the file: two names of one file have the same. */
      inode: z.string(),
    }),
  ),
  /** What reads images for it, where the store names it apart from its place. */
  projector: z.object({ path: z.string(), bytes: z.number(), sha256: z.string().nullable() }).nullable().optional(),
  /** The commit of the hub, where the store keeps it. */
  commit: z.string().nullable(),
  /** Why it cannot be used: parts missing, pickles, code of its own. */
  why: z.string().nullable(),
  /** Where it stands in our library. */
  libraryId: z.string().nullable(),
})
export type StoredModel = z.infer<typeof storedModelSchema>

export const modelStoreSchema = z.object({
  id: z.string(),
  title: z.string(),
  folder: z.string(),
  /** `program`: another program's. `added`: a folder a person named. `own`: our models folder. */
  kind: z.enum(['program', 'added', 'own']),
  models: z.int(),
  bytes: z.number(),
  /** What could not be read. */
  why: z.string().nullable(),
})
export type ModelStore = z.infer<typeof modelStoreSchema>

/** The same weights in more than one place. */
export const duplicateSchema = z.object({
  /** Hash over the hashes of its files. */
  id: z.string(),
  name: z.string(),
  bytes: z.number(),
  /** Ids of stored models. */
  copies: z.array(z.string()).min(2),
  /** Bytes that links would free; 0 when all are one file already. */
  savingBytes: z.number(),
})
export type Duplicate = z.infer<typeof duplicateSchema>

export const linkedSchema = z.object({
  id: z.string(),
  at: z.string(),
  /** `replaced`: copies became hard links to one file. `placed`: a further name was put into a store. `referenced`: our copy left and theirs is used. */
  kind: z.enum(['replaced', 'placed', 'referenced']),
  name: z.string(),
  savedBytes: z.number(),
  files: z.array(z.object({ path: z.string(), keeper: z.string(), bytes: z.number(), sha256: z.string() })),
  /** The library's row that was pointed elsewhere, and where it pointed before. */
  library: z.object({ id: z.string(), path: z.string() }).nullable(),
})
export type Linked = z.infer<typeof linkedSchema>

/** What a link would do, file by file, before it is done. */
export const linkPreviewSchema = z.object({
  kind: z.enum(['replaced', 'placed', 'referenced']),
  name: z.string(),
  savedBytes: z.number(),
  steps: z.array(z.object({ path: z.string(), keeper: z.string(), bytes: z.number(), owner: z.string(), does: z.string() })),
  /** Null when it can be done. */
  why: z.string().nullable(),
})
export type LinkPreview = z.infer<typeof linkPreviewSchema>

export const storesSnapshotSchema = z.object({
  stores: z.array(modelStoreSchema),
  models: z.array(storedModelSchema),
  duplicates: z.array(duplicateSchema),
  links: z.array(linkedSchema),
  /** Bytes of files whose equal size makes them worth hashing, and which have not been hashed. */
  unhashedBytes: z.number(),
  scannedAt: z.string().nullable(),
  /** The job that looks now. */
  job: z.string().nullable(),
})
export type StoresSnapshot = z.infer<typeof storesSnapshotSchema>

/** Tools that a conversion needs, as they would be fetched. */
export const toolPackSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** What arrives and what lies on the disk afterwards; null where nobody says. */
  bytes: z.number().nullable(),
  diskBytes: z.number().nullable(),
  source: z.string(),
  /** Null when it can be had here and now. */
  why: z.string().nullable(),
})
export type ToolPackOffer = z.infer<typeof toolPackSchema>

/** Tools that were fetched, and what removing them frees. */
export const keptToolsSchema = z.object({ id: z.string(), title: z.string(), bytes: z.number() })
export type KeptTools = z.infer<typeof keptToolsSchema>

/** One way to turn a model into another artifact, and whether its tools are here. */
export const conversionOfferSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** What comes out: `gguf`, `mlx`, or a name in a program's own store. */
  gives: z.string(),
  choices: z.array(z.string()),
  /** Bytes it will take, estimated; null when unknown. */
  bytes: z.number().nullable(),
  /** What it runs, as a person could type it. */
  command: z.string().nullable(),
  /** Null when it can be done now. */
  why: z.string().nullable(),
  /** What a person should know before it begins; null or absent: nothing. */
  note: z.string().nullable().optional(),
  /** How to get the tools that lack. */
  install: z
    .object({
      title: z.string(),
      command: z.string().nullable(),
      page: z.string().nullable(),
      /** What Roundhouse would fetch for it; empty where it cannot. */
      packs: z.array(toolPackSchema).optional(),
    })
    .nullable(),
})
export type ConversionOffer = z.infer<typeof conversionOfferSchema>

/** Whether a runtime that can run here loads a model as it lies, and what it would load in its place. */
export const reachSchema = z.object({
  runtime: z.string(),
  title: z.string(),
  loads: z.boolean(),
  why: z.string().nullable(),
  /** `download`: an artifact of the catalogue. `convert`: what its own tools make of this one. */
  instead: z.object({ kind: z.enum(['download', 'convert']), id: z.string(), title: z.string(), bytes: z.number() }).nullable(),
})
export type Reach = z.infer<typeof reachSchema>
