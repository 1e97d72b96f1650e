import * as z from 'zod'
import { buildSchema } from '../../contract/runtime'

/** What the installer needs of fetch. */
export type Fetch = (
  address: string,
  options: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal; redirect?: 'follow' | 'manual' },
) => Promise<Response>

/** Done and total in bytes, or in steps; total null when it is not known. `local`: read from the disk, so no measure of the network. */
export type InstallProgress = { done: number; total: number | null; unit?: 'bytes' | 'steps'; local?: true }
export type InstallOptions = {
  signal: AbortSignal
  onProgress(progress: InstallProgress): void
  /** What is being done now, in a few words, for the step. */
  onStage?(text: string): void
  /** What the tools say while they work, a line each, for the job's log. */
  log?(line: string): void
}

export const fileRecordSchema = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })
export type FileRecord = z.infer<typeof fileRecordSchema>

/** `manifest.json` of a managed build: what it is, where it came from, and every file that was unpacked. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  build: buildSchema.omit({ path: true, origin: true, version: true }).extend({ version: z.string() }),
  /** Relative to the folder of the build, with forward slashes. */
  executable: z.string(),
  source: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('github-release'),
      repository: z.string(),
      tag: z.string(),
      /** `address` is absent in manifests of before it was kept; such a build cannot be repaired. */
      archives: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string(), address: z.string().optional() })),
    }),
    z.object({
      kind: z.literal('container'),
      /** Program that pulled it and runs it, `/usr/bin/docker`. */
      engine: z.string(),
      image: z.string(),
      tag: z.string(),
      /** `sha256:<hex>` of the image that was pulled. */
      digest: z.string(),
      bytes: z.number().nullable(),
      /** False when the image was there before: then removing the build leaves it. */
      pulled: z.boolean(),
    }),
    z.object({
      kind: z.literal('python-venv'),
      requirements: z.array(z.string()),
      packages: z.array(z.string()),
      python: z.string(),
      hashes: z.record(z.string(), z.string()).optional(),
    }),
  ]),
  files: z.array(fileRecordSchema),
  /** Script that the executable is started with, relative to the folder. */
  launcher: z.string().optional(),
  /** Offer that it came from, for a repair. */
  offer: z.string().optional(),
  installedAt: z.string(),
})
export type Manifest = z.infer<typeof manifestSchema>
