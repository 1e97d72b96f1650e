import type { Machine } from '../../contract/machine'
import { versionNumber } from '../runtimes/facts-judge'
import { stackedMemory } from './speed-factors'

export type FlopsInput = {
  machine: Machine
  backend: string
  /** Stands for a GPU whose FP16 rate is not known: only for comparing models, never shown. */
  assumedTflops?: number
}

/** Operations a second that a GPU reaches with many tokens at once; null where its FP16 rate or the share it reaches is unknown. */
export function gpuFlops(tflops: number | null, input: FlopsInput): number | null {
  const rate = tflops ?? input.assumedTflops ?? null
  const factor = gpuFactor(input)
  return rate === null || factor === null ? null : factor * rate * 1e12
}

/**
 * What prompts reach of the shaders' FP16 rate; tensor cores make it exceed that rate on NVIDIA, unless the rate given for
 * the part counts packed operations already (HBM parts). Medians of pp512 runs of 7B and 8B models (scoreboards
 * ggml-org/llama.cpp #15013, #15021, #10879, #4167; XiongjieDai/GPU-Benchmarks-on-LLM-Inference); checked by bench:predict.
 */
function gpuFactor({ machine, backend }: FlopsInput): number | null {
  const own = machine.gpus.filter(gpu => gpu.usable)
  if (backend === 'metal') return own.some(gpu => /\bM[4-9]\b/.test(gpu.name)) ? 0.87 : 0.69
  if (backend === 'rocm') return 0.42
  if (backend === 'cann') return 0.4
  const capability = own.flatMap(gpu => versionNumber(gpu.computeCapability) ?? [])
  const least = capability.length > 0 ? Math.min(...capability) : 8
  // Before Volta the FP16 rate is a trickle that no engine uses; what they reach is not known.
  if (capability.length > 0 && least < 7) return null
  // Vulkan's cooperative matrices reach the tensor cores of NVIDIA cards.
  if (backend === 'vulkan') return capability.length > 0 && least >= 7.5 ? 1.5 : 0.37
  if (own.some(gpu => stackedMemory.test(gpu.name))) return 1
  return least < 8 ? 1.3 : 1.95
}
