import * as z from 'zod'

export const systemInfoSchema = z.object({
  version: z.string(),
  home: z.string(),
  /** `electron` when the window belongs to the app, `browser` when it is served headless. */
  shell: z.enum(['electron', 'browser']),
  platform: z.string(),
  node: z.string(),
  hostPid: z.int(),
  startedAt: z.string(),
  /** What a start-up had to repair or wants said: leftovers swept, a damaged store kept aside. */
  notices: z.array(z.string()),
  /** Name of the recorded machine that is shown in place of this one; null or absent when it is this one. */
  recorded: z.string().nullable().optional(),
  /** The job of the first start in this home that went well, `earlier` where it is not known any more; null while there was none. */
  firstStart: z.string().nullable().optional(),
})
export type SystemInfo = z.infer<typeof systemInfoSchema>
