import type { Need } from '../../contract/need'
import { gpuFlops, type FlopsInput } from './flops'
import type { ModelSize } from './model-size'
import { handOnSeconds, kernelsPerLayer, pipelineSeconds, sumSeconds } from './pipeline'
import type { Placement, Share } from './placement'
import { coresOf } from './cores'
import { isQuantised } from './speed-work'

/** Prompt lengths that a first token is reckoned for, tokens. */
const promptTokens: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 512, coding: 2048, 'rag-api': 2048, agents: 4096, batch: 1024, 'choose-model': 512, edge: 256, 'fine-tuning': 512 },
  'long-context': 16_384,
}

export const promptTokensFor = (task: Need['task'], contextTokens: number) => Math.min(promptTokens[task], Math.floor(contextTokens / 2))

type PrefillInput = FlopsInput & {
  placement: Placement
  model: ModelSize
  promptTokens?: number
  flashAttention?: boolean
  /** An engine built before 2025. */
  early?: boolean
  /** Threads it computes with on the CPU; all cores where it is not said. */
  threads?: number | null
}

/**
 * Share of the rate of a dense model's matrices that the small ones of experts reach, and that attention reaches with flash
 * attention (llama.cpp on a GB10 by depth, ggml-org/llama.cpp benches/dgx-spark.md); checked by bench:predict.
 */
const reach = { experts: 0.42, flashAttention: 0.6, unknownMemory: 0.25 }

/**
 * Without flash attention each score of a head and a cached token goes through memory: written by the first product, read and
 * written by softmax and by each conversion, read by the second product. Bytes of a score and share of the bandwidth; from 1,024
 * to 8,192 tokens Llama 3 8B and 70B lose between 0.56 and 0.84 of it on eight CUDA cards (XiongjieDai/GPU-Benchmarks-on-LLM-Inference).
 */
const scoreBytes = { cuda: 22, others: 16 }
const streamedShare = 0.65
/** Until the middle of 2024 packed weights were written out in 16 bits for each micro-batch; bytes of each, fitted on runs of then. */
const unpackedBytes = 1.5

const microBatchTokens = 512

type Operations = { matrices: number; attention: number; scores: number }

/**
 * Operations for each token of a prompt: 2 for each active parameter, and 4 x heads x head size x half the prompt for the
 * attention of a layer (Kaplan et al., arXiv 2001.08361, appendix B), less in windows; and scores of all heads.
 */
function operationsOf({ model, promptTokens = 512 }: PrefillInput): Operations {
  const { shape, parameters, activeParameters } = model
  const keys = promptTokens / 2
  const layerKeys = shape.fullAttentionLayers * keys + shape.slidingLayers * Math.min(keys, shape.slidingWindow ?? keys)
  const isMixture = activeParameters < parameters && shape.experts !== null
  return {
    matrices: (2 * activeParameters) / (isMixture ? reach.experts : 1),
    attention: 4 * shape.heads * shape.headDim * layerKeys,
    scores: shape.heads * layerKeys,
  }
}

/** Seconds for each token of a prompt of all layers on one GPU; null where its rate is not known. */
function gpuSeconds({ device }: Share, input: PrefillInput): number | null {
  const flops = gpuFlops(device.fp16Tflops, input)
  if (flops === null) return null
  const { matrices, attention, scores } = operationsOf(input)
  if (input.flashAttention ?? true) return (matrices + attention / reach.flashAttention) / flops
  if (device.bandwidthGBps === null) return (matrices + attention / reach.unknownMemory) / flops
  const cuda = input.backend === 'cuda'
  const unpacked =
    cuda && input.early && isQuantised(input.model.quantisation) ? (input.model.parameters * unpackedBytes) / microBatchTokens : 0
  const bytes = scores * (cuda ? scoreBytes.cuda : scoreBytes.others) + unpacked
  return (matrices + attention) / flops + bytes / (streamedShare * device.bandwidthGBps * 1e9)
}

/** What of the machine is missing where no prompt rate can be told. */
export function whyNoPrefill({ machine, placement }: PrefillInput): string {
  const dark = placement.shares.find(share => share.device.kind !== 'ram' && share.device.fp16Tflops === null)
  if (dark) return `how fast ${dark.device.name} computes is not known`
  const isPlain = machine.cpu.isa.length === 0 || coresOf(machine) === null
  return isPlain ? 'the processor is not known' : 'nobody published prompts of such hardware'
}

/**
 * Prompt tokens a second: operations a second (flops.ts) / operations for each token. Cards of a tensor-parallel group work at
 * once and add up after each layer; those that hold layers one after another take up micro-batches in turn where the backend
 * can (pipeline.ts), else wait for each other.
 */
export function prefillRate(input: PrefillInput): number | null {
  const { machine, placement, model } = input
  const parts = placement.shares.map(share => partSeconds(share, input))
  if (!parts.every(part => part !== null && Number.isFinite(part))) return null
  const known = parts.map(part => part ?? 0)
  const ids = placement.shares.map(share => share.device.id)
  if (placement.tensorParallel > 1) return 1 / (Math.max(...known) + sumSeconds(machine, ids, model))
  const seconds = isPipelined(input) ? pipelined(known, input, ids) : known.reduce((sum, each) => sum + each, 0)
  return seconds > 0 ? 1 / seconds : null
}

/** Seconds of a device's layers for each token of a prompt. */
function partSeconds(share: Share, input: PrefillInput): number | null {
  const part = share.layers / Math.max(1, input.model.shape.layers) / input.placement.tensorParallel
  if (share.device.kind !== 'ram') {
    const whole = gpuSeconds(share, input)
    return whole === null ? null : whole * part
  }
  const { matrices, attention } = operationsOf(input)
  const perToken = matrices + attention / ((input.flashAttention ?? true) ? reach.flashAttention : reach.unknownMemory)
  return Math.min((perToken * part) / cpuFlops(input), streamed(input, perToken * part, share.weightsMiB))
}

/**
 * llama.cpp pipelines where all layers are on GPUs whose backend works and signals by itself (llama_context, pipeline_parallel):
 * CUDA does; ROCm gains nothing (ggml-org/llama.cpp #24026, #19922), and of Vulkan, which can since #20518, nobody published it.
 */
const isPipelined = ({ backend, placement: { shares } }: PrefillInput) =>
  backend === 'cuda' && shares.length > 1 && shares.every(share => share.device.kind !== 'ram')

/** Seconds for each token of a prompt that goes through the cards in micro-batches. */
function pipelined(parts: readonly number[], input: PrefillInput, ids: readonly string[]): number {
  const { machine, placement, model, promptTokens = 512 } = input
  const batches = Math.max(1, Math.ceil(promptTokens / microBatchTokens))
  const tokens = promptTokens / batches
  const handOn = handOnSeconds(machine, ids, tokens * model.shape.hidden * 4)
  const kernels = kernelsPerLayer(model, input.early ?? false)
  const stages = placement.shares.map((share, index) => {
    const last = index === placement.shares.length - 1
    return { seconds: (parts[index] ?? 0) * tokens + (last ? 0 : handOn), kernels: Math.max(1, share.layers * kernels) }
  })
  return pipelineSeconds(batches, stages) / promptTokens
}

/** PCIe 4.0 x16 in practice. */
const transferBytesPerSecond = 20e9

/**
 * Layers that stay in main memory are copied to the GPU for each batch of a prompt (llama.cpp's op offload), where the
 * transfer of their weights is shared by the 512 tokens of a batch.
 */
function streamed(input: PrefillInput, perToken: number, weightsMiB: number): number {
  const gpu = input.placement.shares.find(share => share.device.kind === 'gpu')
  const flops = gpu ? gpuFlops(gpu.device.fp16Tflops, input) : null
  return flops === null ? Infinity : perToken / flops + (weightsMiB * 1024 * 1024) / transferBytesPerSecond / 512
}

/**
 * Per core: 52 GFLOPS measured with AVX-512 (SmolLM2-135M, 384 prompt tokens a second on two cores); the rest by register width.
 * 0 where its instructions or cores are not known: anything between a board and a server would be as likely.
 */
function cpuFlops({ machine, threads }: Pick<PrefillInput, 'machine' | 'threads'>): number {
  const { isa } = machine.cpu
  const cores = threads ?? coresOf(machine)
  if (cores === null || isa.length === 0) return 0
  const perCore = isa.some(each => each.startsWith('AVX512') || each === 'AMX')
    ? 50
    : isa.includes('AVX2')
      ? 28
      : isa.includes('NEON')
        ? 18
        : 8
  return cores * perCore * 1e9
}
