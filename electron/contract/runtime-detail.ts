import * as z from 'zod'
import { conformanceSchema } from './conformance'
import { offerDetailSchema, updateRecordSchema } from './install'
import { buildSchema, runtimeSummarySchema, settingSchema, settingValuesSchema } from './runtime'

export const buildWarningSchema = z.object({
  /** `files-changed` refuses a start until the build was repaired; the others only warn. */
  kind: z.enum(['security-floor', 'files-changed', 'engine-test']),
  text: z.string(),
  source: z.string().nullable(),
})
export type BuildWarning = z.infer<typeof buildWarningSchema>

/** A build with what is known of it on this machine. Bytes; null = not known, or not ours to count. */
export const buildDetailSchema = buildSchema.extend({
  /** `GitHub, owner/name b123`, `PyPI, package==1.2`; the path or address of an adopted one. */
  source: z.string().nullable(),
  /** `sha256:<hex>` of the archive or image; null where a source has none for the whole. */
  digest: z.string().nullable(),
  bytes: z.number().nullable(),
  files: z.int().nullable(),
  installedAt: z.string().nullable(),
  /** The one that a start takes which names no build. One for each runtime. */
  active: z.boolean(),
  /** The one that a start takes which names only its kind. */
  activeOfKind: z.boolean(),
  /** Ids of the instances that run on it. */
  usedBy: z.array(z.string()),
  warnings: z.array(buildWarningSchema),
  removable: z.boolean(),
  /** Why it is not; null when it is. */
  whyNotRemovable: z.string().nullable(),
  /** It is ours and its source is known, so that it can be installed again. */
  repairable: z.boolean(),
  /** Passed the engine test on this machine; null when it was never asked. */
  proved: z.object({ asked: z.int(), right: z.int(), at: z.string() }).nullable(),
  /** How many flags its own help names; null when it was not asked. */
  flags: z.int().nullable(),
})
export type BuildDetail = z.infer<typeof buildDetailSchema>

export const matrixCellSchema = z.object({
  /** Null where the dimension does not apply. */
  tier: z.enum(['excellent', 'strong', 'acceptable', 'limited']).nullable(),
  says: z.string(),
  /** What is true today, where it differs from the matrix's source. */
  now: z.string().nullable(),
})

/** Everything the Runtimes place shows of one runtime. */
export const runtimeDetailSchema = runtimeSummarySchema.extend({
  /** `first-class`: install to remove. `second`: install or guided install, launch or attach, proof. `attach`: a server that runs already. */
  tier: z.enum(['first-class', 'second', 'attach']),
  builds: z.array(buildDetailSchema),
  offers: z.array(offerDetailSchema),
  settings: z.array(settingSchema),
  /** What the person saved; a start takes these where it names no value of its own. */
  saved: settingValuesSchema,
  /** By id of dimension. */
  matrix: z.record(z.string(), matrixCellSchema),
  matrixSource: z.string(),
  conformance: z.array(conformanceSchema),
  metrics: z.boolean(),
  pins: z.array(z.string()),
  securityFloor: z.object({ version: z.string(), why: z.string(), source: z.string() }).nullable(),
  /** Newest first. */
  updates: z.array(updateRecordSchema),
  /** Where one click would go back to, per kind of build. */
  rollbacks: z.array(z.object({ kind: z.string(), from: z.string(), to: z.string(), title: z.string(), at: z.string() })),
})
export type RuntimeDetail = z.infer<typeof runtimeDetailSchema>

export const runtimesSnapshotSchema = z.object({
  runtimes: z.array(runtimeDetailSchema),
  /** Rows of the matrix, in order. */
  dimensions: z.array(z.object({ id: z.string(), title: z.string(), asks: z.string() })),
  /** Builds and offers are being looked for; what is shown may grow. */
  looking: z.boolean(),
})
export type RuntimesSnapshot = z.infer<typeof runtimesSnapshotSchema>
