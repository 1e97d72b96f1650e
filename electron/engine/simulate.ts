import * as z from 'zod'
import { batchTokens } from './load'

/** What the engine is given instead of its options when it should only reckon: the same words, and `simulate`. */
const simulationOptionsSchema = z.strictObject({
  simulate: z.literal(true),
  modelPath: z.string().min(1),
  /** Context of each slot. */
  contextTokens: z.int().min(16),
  slots: z.int().min(1).max(64),
  /** Layers on the GPU; null takes all of them there where there is one. */
  gpuLayers: z.int().min(0).nullable(),
  kvQuantisation: z.enum(['f16', 'q8_0', 'q4_0']),
})
export type SimulationOptions = z.infer<typeof simulationOptionsSchema>

/** Null when the argument asks for something else; throws an Error when it asks for a simulation wrongly. */
export function parseSimulation(argument: string | undefined): SimulationOptions | null {
  if (argument === undefined || !/^\s*\{\s*"simulate"/.test(argument)) return null
  return simulationOptionsSchema.parse(JSON.parse(argument))
}

export type Split = { cpuBytes: number; gpuBytes: number }
/** `context`: KV cache, recurrent states and compute buffers together. */
export type SimulatedBytes = { model: Split; context: Split; gpuLayers: number; layers: number }

/**
 * What a start with these settings would take: llama.cpp builds the model and its context with `no_alloc`, so nothing is
 * read but the header and nothing is taken (node-llama-cpp, GgufInsights: estimateModelResourceRequirementsV2 and
 * estimateContextResourceRequirementsV2). Throws when llama.cpp does not manage it, rather than falling back to a guess.
 */
export async function simulate(options: SimulationOptions): Promise<SimulatedBytes> {
  const { getLlama, GgmlType, GgufInsights, LlamaLogLevel, readGgufFileInfo } = await import('node-llama-cpp')
  const warnings: string[] = []
  const llama = await getLlama({
    build: 'never',
    gpu: process.platform === 'darwin' ? 'auto' : false,
    logLevel: LlamaLogLevel.warn,
    logger: (_level, message) => void warnings.push(message.trim()),
  })
  const insights = await GgufInsights.from(await readGgufFileInfo(options.modelPath), llama)
  const gpuLayers = llama.gpu === false ? 0 : Math.min(options.gpuLayers ?? insights.totalLayers, insights.totalLayers)
  const { kvQuantisation } = options
  const cacheType = kvQuantisation === 'f16' ? GgmlType.F16 : kvQuantisation === 'q8_0' ? GgmlType.Q8_0 : GgmlType.Q4_0
  const model = await insights.estimateModelResourceRequirementsV2({ gpuLayers })
  const context = await insights.estimateContextResourceRequirementsV2({
    ...{ contextSize: options.contextTokens, sequences: options.slots, batchSize: batchTokens, modelGpuLayers: gpuLayers },
    ...{ kvCacheKeyType: cacheType, kvCacheValueType: cacheType },
    // As a context is made: a quantised cache turns it on, otherwise it is used where the model allows.
    flashAttention: kvQuantisation === 'f16' ? (insights.flashAttentionSupported ? 'auto' : false) : true,
  })
  const failed = warnings.find(line => /Failed simulating/i.test(line))
  if (failed !== undefined) throw new Error(failed)
  return { model: splitOf(model), context: splitOf(context), gpuLayers, layers: insights.totalLayers }
}

const splitOf = ({ cpuRam, gpuVram }: { cpuRam: number; gpuVram: number }): Split => ({ cpuBytes: cpuRam, gpuBytes: gpuVram })
