import * as z from 'zod'
import { failureSchema } from './failure'

export const stepSchema = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'skipped', 'failed', 'cancelled']),
  detail: z.string().nullable(),
  /** Done and total in `unit`; null when not countable. */
  done: z.number().nullable(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'steps', 'percent']).nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
})
export type Step = z.infer<typeof stepSchema>

/** A long piece of work: one list of all of them, kept when the window closes. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['download', 'install', 'start', 'import', 'update', 'remove']),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  steps: z.array(stepSchema),
  /** Bytes or steps a second, over the last seconds; null when not known. */
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  failure: failureSchema.nullable(),
  /** What it made: an instance id, a library id, a build id. */
  result: z.string().nullable(),
  log: z.array(z.object({ at: z.string(), text: z.string() })),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
})
export type Job = z.infer<typeof jobSchema>

export const jobsEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), jobs: z.array(jobSchema) }),
  z.object({ type: z.literal('changed'), job: jobSchema }),
  z.object({ type: z.literal('removed'), id: z.string() }),
])
export type JobsEvent = z.infer<typeof jobsEventSchema>
