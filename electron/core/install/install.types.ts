import * as z from 'zod'
import { buildSchema } from '../../contract/runtime'

/** What the installer needs of fetch. */
export type Fetch = (
  address: string,
  options: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal; redirect?: 'follow' | 'manual' },
) => Promise<Response>

/** Done and total in bytes; total null when it is not known. */
export type InstallProgress = { done: number; total: number | null }
export type InstallOptions = { signal: AbortSignal; onProgress(progress: InstallProgress): void }

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
      archives: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
    }),
    z.object({ kind: z.literal('python-venv'), requirements: z.array(z.string()), packages: z.array(z.string()), python: z.string() }),
  ]),
  files: z.array(fileRecordSchema),
  installedAt: z.string(),
})
export type Manifest = z.infer<typeof manifestSchema>
