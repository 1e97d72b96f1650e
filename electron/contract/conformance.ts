import * as z from 'zod'

/** What became of one check of the conformance suite. `emulated`: our gateway adds it. `ignored`: taken and without effect. */
const conformanceResultSchema = z.enum(['works', 'emulated', 'ignored', 'refused', 'failed', 'unknown'])
export type ConformanceResult = z.infer<typeof conformanceResultSchema>

/** One line of a card: what is known of a check, and from what. */
export const conformanceSchema = z.object({
  runtime: z.string(),
  /** Kind of build that it was seen with; null when only the documentation says it. */
  build: z.string().nullable(),
  /** `json-schema`, `stop-mid-stream`: the ids of the conformance suite. */
  check: z.string(),
  result: conformanceResultSchema,
  why: z.string().nullable(),
  known: z.discriminatedUnion('kind', [
    /** Driven for real on `day` (2026-11-21) with `version`. */
    z.object({ kind: z.literal('seen'), day: z.string(), version: z.string().nullable() }),
    z.object({ kind: z.literal('declared'), source: z.string() }),
    z.object({ kind: z.literal('nothing') }),
  ]),
})
export type Conformance = z.infer<typeof conformanceSchema>

/** What the suite has written down: resources/knowledge/conformance.json. */
export const conformanceRecordSchema = z.object({
  runtime: z.string(),
  build: z.string(),
  version: z.string().nullable(),
  day: z.string(),
  check: z.string(),
  result: conformanceResultSchema,
  why: z.string().nullable(),
})
export type ConformanceRecord = z.infer<typeof conformanceRecordSchema>
