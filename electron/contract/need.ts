import * as z from 'zod'

export const tasks = ['chat', 'coding', 'rag-api', 'agents', 'batch', 'choose-model', 'long-context', 'fine-tuning', 'edge'] as const
export const priorities = ['throughput', 'latency', 'quality', 'maintenance', 'reproducibility', 'lock-in', 'observability'] as const
export const musts = [
  'exact-quant',
  'kv-quant',
  'multi-gpu',
  'layer-split',
  'swap-models',
  'headless',
  'speculative',
  'fixed-model',
] as const

/** Dimensions of the matrix (resources/knowledge/dimensions.json) that a person may weigh. */
export const weighable = [
  'throughput',
  'concurrency',
  'maintenance',
  'reproducibility',
  'os',
  'lock-in',
  'observability',
  'multi-gpu',
  'speculative',
  'edge',
  'cadence',
] as const

/** What the person wants. Every field may be left out when it comes from outside. */
export const needSchema = z.strictObject({
  /** People or programs that ask at the same time. */
  users: z.int().min(1).max(10_000).default(1),
  task: z.enum(tasks).default('chat'),
  experience: z.enum(['first-time', 'comfortable', 'operator']).default('comfortable'),
  /** What matters, most first. */
  priorities: z.array(z.enum(priorities)).default([]),
  /** Context length each user needs; null lets the recommender choose. */
  contextTokens: z.int().min(256).max(10_000_000).nullable().default(null),
  /** A model id, or words such as `70B` or `qwen`; null lets the recommender choose. */
  model: z.string().nullable().default(null),
  /** Id of the one runtime the person wants; absent lets the recommender choose. Named, it is planned for even where it is not advised. */
  runtime: z.string().optional(),
  must: z.array(z.enum(musts)).default([]),
  /** Language of the answers, ISO 639-1 (`de`); absent = English or none in particular. */
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional(),
  /** What the model must be able to do. */
  abilities: z.array(z.enum(['tools', 'vision', 'reasoning'])).optional(),
  /** How much each dimension of the matrix counts, 0 to 3; weighs engines that the rules before leave level. */
  weights: z.partialRecord(z.enum(weighable), z.number().min(0).max(3)).optional(),
})
export type Need = z.infer<typeof needSchema>
