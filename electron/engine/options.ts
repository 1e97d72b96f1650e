import * as z from 'zod'

/** What the engine is started with: one JSON argument. Memory figures follow from `contextTokens * slots`. */
const optionsSchema = z.strictObject({
  modelPath: z.string().min(1),
  /** Name the model is served under. */
  alias: z.string().min(1),
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
  /** Context of each slot, not of all together. */
  contextTokens: z.int().min(16),
  /** Requests served at once; more wait in line. */
  slots: z.int().min(1).max(64).default(1),
  threads: z.int().min(1),
  /** Layers on the GPU; null leaves it to node-llama-cpp, which fits as many as there is room for. */
  gpuLayers: z.int().min(0).nullable().default(null),
  kvQuantisation: z.enum(['f16', 'q8_0', 'q4_0']).default('f16'),
  /** A small model with the same vocabulary that guesses ahead; the answers stay those of the main model. */
  draftPath: z.string().nullable().default(null),
  /**
   * Reads the weights into memory of its own instead of mapping the file, which pays where that comes in large pages. Electron
   * allocates by itself and asks nobody for them: there it is no quicker, and what is packed anew has no second copy all the same.
   */
  hugePages: z.boolean().default(false),
  /** Starts although the memory estimate says that it cannot fit. */
  insist: z.boolean().default(false),
})

/** Far above every model; beyond it the memory estimate of node-llama-cpp 3.21.1 takes minutes instead of answering. */
const contextTokensInAllMax = 64 * 1024 * 1024

const engineOptionsSchema = optionsSchema.refine(({ contextTokens, slots }) => contextTokens * slots <= contextTokensInAllMax, {
  path: ['contextTokens'],
  message: `times the slots must not be more than ${contextTokensInAllMax}`,
})
export type EngineOptions = z.infer<typeof engineOptionsSchema>

/** Reads the argument of the command line; throws an Error with one plain sentence when it is not what it should be. */
export function parseEngineOptions(argument: string | undefined): EngineOptions {
  if (argument === undefined) throw new Error('the engine needs its options as one JSON argument')
  let value: unknown
  try {
    value = JSON.parse(argument)
  } catch (cause) {
    throw new Error('the options are not JSON', { cause })
  }
  const parsed = engineOptionsSchema.safeParse(value)
  if (!parsed.success) throw new Error(parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  return parsed.data
}
