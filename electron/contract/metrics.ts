import * as z from 'zod'

/** Figures that are followed while somebody looks. Shares are 0..1, times ms; null = not known at that moment. */
export const liveFigures = ['tokensPerSecond', 'running', 'waiting', 'kvUse', 'ttftMs'] as const
export type LiveFigure = (typeof liveFigures)[number]

export const livePointSchema = z.object({
  /** Wall clock, ms since 1970. */
  atMs: z.number(),
  tokensPerSecond: z.number().nullable(),
  running: z.number().nullable(),
  waiting: z.number().nullable(),
  kvUse: z.number().nullable(),
  ttftMs: z.number().nullable(),
})
export type LivePoint = z.infer<typeof livePointSchema>

/** What an instance has done in the last five minutes, sent again at each measurement. */
export const runningMetricsSchema = z.object({
  instance: z.string(),
  everyMs: z.int(),
  /** The span that the points may cover. */
  spanMs: z.int(),
  /** Oldest first. */
  points: z.array(livePointSchema),
  /** Who measures each figure: the runtime, our gateway (its own requests only), or nobody. */
  from: z.record(z.enum(liveFigures), z.enum(['runtime', 'gateway', 'nobody'])),
  /** Why a figure is measured by nobody, or by the gateway only; a sentence each. */
  notes: z.array(z.string()),
})
export type RunningMetrics = z.infer<typeof runningMetricsSchema>
