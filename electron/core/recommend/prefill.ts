import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import { gpuFlops, type FlopsInput } from './flops'
import type { ModelSize } from './model-size'
import type { Placement } from './placement'
import { coresOf } from './speed-model'

/** Prompt lengths that a first token is reckoned for, tokens. */
const promptTokens: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 512, coding: 2048, 'rag-api': 2048, agents: 4096, batch: 1024, 'choose-model': 512, edge: 256, 'fine-tuning': 512 },
  'long-context': 16_384,
}

export const promptTokensFor = (task: Need['task'], contextTokens: number) => Math.min(promptTokens[task], Math.floor(contextTokens / 2))

type PrefillInput = FlopsInput & { placement: Placement; model: ModelSize; promptTokens?: number; flashAttention?: boolean }

/**
 * Share of the rate of a dense model's matrices that the small ones of experts reach, and that attention reaches with flash
 * attention and without (llama.cpp on a GB10 by depth, ggml-org/llama.cpp benches/dgx-spark.md; Llama 3 8B with 1,024 and 8,192
 * tokens, XiongjieDai/GPU-Benchmarks-on-LLM-Inference); checked by bench:predict.
 */
const reach = { experts: 0.42, flashAttention: 0.6, plainAttention: 0.25 }

/**
 * Operations for each token of a prompt, in those of a dense model's matrices: 2 for each active parameter, and 4 x heads x head
 * size x half the prompt for the attention of a layer (Kaplan et al., arXiv 2001.08361, appendix B), less in windows.
 */
function operationsOf({ model, promptTokens = 512, flashAttention = true }: PrefillInput): number {
  const { shape, parameters, activeParameters } = model
  const keys = promptTokens / 2
  const layerKeys = shape.fullAttentionLayers * keys + shape.slidingLayers * Math.min(keys, shape.slidingWindow ?? keys)
  const attention = (4 * shape.heads * shape.headDim * layerKeys) / (flashAttention ? reach.flashAttention : reach.plainAttention)
  const isMixture = activeParameters < parameters && shape.experts !== null
  return (2 * activeParameters) / (isMixture ? reach.experts : 1) + attention
}

/** What of the machine is missing where no prompt rate can be told. */
export function whyNoPrefill({ machine, placement }: PrefillInput): string {
  const dark = placement.shares.find(share => share.device.kind !== 'ram' && share.device.fp16Tflops === null)
  if (dark) return `how fast ${dark.device.name} computes is not known`
  const isPlain = machine.cpu.isa.length === 0 || coresOf(machine) === null
  return isPlain ? 'the processor is not known' : 'nobody published prompts of such hardware'
}

/** Prompt tokens a second: operations a second (flops.ts) / operations for each token. */
export function prefillRate(input: PrefillInput): number | null {
  const { machine, placement, model } = input
  const parts = placement.shares.map(share => {
    const perToken = (operationsOf(input) * share.layers) / Math.max(1, model.shape.layers) / placement.tensorParallel
    if (share.device.kind !== 'ram') return perToken / (gpuFlops(share.device.fp16Tflops, input) ?? 0)
    return Math.min(perToken / cpuFlops(machine), streamed(input, perToken, share.weightsMiB))
  })
  let seconds = 0
  for (const part of parts) {
    if (!Number.isFinite(part)) return null
    seconds = placement.tensorParallel > 1 ? Math.max(seconds, part) : seconds + part
  }
  return seconds > 0 ? 1 / seconds : null
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
function cpuFlops(machine: Machine): number {
  const { isa } = machine.cpu
  const cores = coresOf(machine)
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
