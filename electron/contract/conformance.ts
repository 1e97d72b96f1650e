import * as z from 'zod'

/**
 * One line of a runtime's conformance card. `works`: it does it by itself. `emulated`: our gateway adds it. `refused`: it
 * cannot, and `why` says it. `failed`: it should, and did not when it was tried. `unknown`: nobody has tried it here.
 */
export const conformanceSchema = z.object({
  runtime: z.string(),
  /** Build id it was tried on; null for what its documentation says. */
  build: z.string().nullable(),
  /** `chat`, `stream-usage`, `stop-sequences`, `json-schema`, `tools`, ... */
  check: z.string(),
  result: z.enum(['works', 'emulated', 'refused', 'failed', 'unknown']),
  why: z.string().nullable(),
  /** When it was seen on this machine; null when it only was read in documentation. */
  seen: z.string().nullable(),
})
export type Conformance = z.infer<typeof conformanceSchema>
