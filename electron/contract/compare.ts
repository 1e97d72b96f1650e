import * as z from 'zod'

export const samplingSchema = z.object({
  temperature: z.number().min(0).max(2).default(0.7),
  topP: z.number().min(0).max(1).default(0.95),
  maxTokens: z.int().min(1).max(131_072).default(512),
  seed: z.int().nullable().default(null),
  systemPrompt: z.string().max(100_000).default(''),
})
export type Sampling = z.infer<typeof samplingSchema>

/** What a pane asks: a route of the gateway (a model name), with its own parameters. */
export const paneSchema = z.object({ id: z.string(), route: z.string().nullable(), sampling: samplingSchema })
export type Pane = z.infer<typeof paneSchema>

/** Measured at the socket with one monotonic clock; tokens come from the runtime's usage, never from counting chunks. */
export const generationStatsSchema = z.object({
  /** To the first chunk with content. */
  ttftMs: z.number().nullable(),
  /** (tokens - 1) / (last token - first token). */
  tokensPerSecond: z.number().nullable(),
  promptTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  totalMs: z.number().nullable(),
  finish: z.string().nullable(),
  /** Tokens that a draft model guessed and those that were right; absent without one. */
  draft: z.object({ guessed: z.int(), accepted: z.int() }).optional(),
  /** Of the prompt, those kept from an earlier one and not read again; absent where the runtime does not say. */
  cachedTokens: z.int().optional(),
})
export type GenerationStats = z.infer<typeof generationStatsSchema>

export const generationSchema = z.object({
  id: z.string(),
  paneId: z.string(),
  route: z.string(),
  instanceId: z.string().nullable(),
  runtimeTitle: z.string().nullable(),
  modelTitle: z.string().nullable(),
  state: z.enum(['waiting', 'streaming', 'done', 'stopped', 'failed', 'interrupted']),
  text: z.string(),
  reasoning: z.string(),
  stats: generationStatsSchema,
  error: z.string().nullable(),
  startedAt: z.string(),
})
export type Generation = z.infer<typeof generationSchema>

/** One prompt to several panes. */
export const turnSchema = z.object({
  id: z.string(),
  prompt: z.string(),
  createdAt: z.string(),
  mode: z.enum(['at-once', 'one-after-another']),
  generations: z.array(generationSchema),
})
export type Turn = z.infer<typeof turnSchema>

export const comparisonSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.string(),
  turns: z.int(),
  panes: z.int(),
})
export type ComparisonSummary = z.infer<typeof comparisonSummarySchema>

export const comparisonSchema = z.object({
  id: z.string(),
  title: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  panes: z.array(paneSchema),
  turns: z.array(turnSchema),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** Appends to what a snapshot or earlier ones gave; `offset` is the length of text before it, so that a gap is seen. */
const deltaSchema = z.object({
  turnId: z.string(),
  generationId: z.string(),
  offset: z.int(),
  text: z.string(),
  reasoning: z.string(),
  stats: generationStatsSchema,
})
export type ComparisonDelta = z.infer<typeof deltaSchema>

/** `deltas`: what all answers of the comparison grew by since the last time, in one event, since events cost more than their text. */
export const comparisonEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), comparison: comparisonSchema }),
  z.object({ type: z.literal('turn'), turn: turnSchema }),
  z.object({ type: z.literal('panes'), panes: z.array(paneSchema) }),
  z.object({ type: z.literal('title'), title: z.string() }),
  z.object({ type: z.literal('deltas'), deltas: z.array(deltaSchema) }),
  z.object({ type: z.literal('generation'), turnId: z.string(), generation: generationSchema }),
])
export type ComparisonEvent = z.infer<typeof comparisonEventSchema>
