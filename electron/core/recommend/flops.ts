import type { Machine } from '../../contract/machine'
import { versionNumber } from '../runtimes/facts-judge'
import { stackedMemory } from './speed-factors'

export type FlopsInput = {
  machine: Machine
  backend: string
  /** Stands for a GPU whose FP16 rate is not known: only for comparing models, never shown. */
  assumedTflops?: number
  /** An engine built before 2025: Vulkan's matrices were slower then. */
  early?: boolean
}

/** Operations a second that a GPU reaches with many tokens at once; null where its rate or the share it reaches is unknown. */
export function gpuFlops(tflops: number | null, input: FlopsInput): number | null {
  const factor = gpuFactor(input)
  const rate = tflops === null ? (input.assumedTflops ?? null) : tflops * fp32Share(input)
  return rate === null || factor === null ? null : factor * rate * 1e12
}

/** By the list of GPUs: asked for every model and engine that is tried. */
const oldestOf = new WeakMap<Machine['gpus'], number | null>()

/** GPUs that are used, and the oldest compute capability among them; null where none has one. */
function oldest({ machine: { gpus } }: FlopsInput): number | null {
  const before = oldestOf.get(gpus)
  if (before !== undefined) return before
  const known = gpus.filter(gpu => gpu.usable).flatMap(gpu => versionNumber(gpu.computeCapability) ?? [])
  const found = known.length > 0 ? Math.min(...known) : null
  oldestOf.set(gpus, found)
  return found
}

/**
 * FP32 operations for each FP16 one that the rate in our table counts, where engines compute prompts in FP32 and 8-bit integers
 * because FP16 is a trickle: 64 on GP102 to GP108 and half of one on GP100 (CUDA C++ Programming Guide, "Arithmetic
 * Instructions"; ggml-cuda takes FP16 from 6.0 on but leaves out 6.1); 1 on all others, which count FP16.
 */
function fp32Share(input: FlopsInput): number {
  const capability = oldest(input)
  if (capability === null || capability >= 7) return 1
  return capability === 6.1 ? 64 : 0.5
}

/** Turing without tensor cores, which kernels made for them run on all the same, slowly. */
const noTensorCores = /\bGTX 16\d\d\b|\bMX[45]50\b|\b(?:NVIDIA |Quadro )?T(?:[456]00|550|1000|1200|2000)\b/

/**
 * What prompts reach of the shaders' FP16 rate (FP32 before Volta); tensor cores make it exceed that rate on NVIDIA, unless the
 * rate given for the part counts packed operations already (HBM parts). Medians of pp512 runs of 7B and 8B models (scoreboards
 * ggml-org/llama.cpp #15013, #15021, #10879, #4167; XiongjieDai/GPU-Benchmarks-on-LLM-Inference); checked by bench:predict.
 */
function gpuFactor(input: FlopsInput): number | null {
  const { machine, backend } = input
  const own = machine.gpus.filter(gpu => gpu.usable)
  if (backend === 'metal') return metalFactor(own.map(gpu => gpu.name).join(' '))
  if (backend === 'rocm') return 0.42
  if (backend === 'cann') return 0.4
  const capability = oldest(input)
  const isPlain = own.some(gpu => noTensorCores.test(gpu.name))
  if (backend === 'vulkan' && capability !== null && capability < 6) return null
  if (backend === 'vulkan') return vulkanFactor(capability, isPlain) * (input.early ? earlyVulkan : 1)
  return own.some(gpu => stackedMemory.test(gpu.name)) && (capability ?? 8) >= 7 ? 1 : cudaFactor(capability, isPlain)
}

function cudaFactor(capability: number | null, isPlain: boolean): number | null {
  // Of Maxwell nobody published prompts.
  if (capability !== null && capability < 6) return null
  // P40, GTX 1070 Ti and Titan Xp reach 1.07 to 1.35 of FP32 with 8-bit dot products, P100 without them 1.08 to 1.11 (#15013).
  if (capability !== null && capability < 7) return capability === 6.1 ? 1.2 : 1.1
  if (isPlain) return 0.2
  return (capability ?? 8) < 8 ? 1.3 : 1.95
}

/** From M5 on cores multiply matrices themselves: 608 tokens a second of a 7B model on an M5 (ggml-org/llama.cpp #16634). */
const metalFactor = (names: string) => (/\bM[5-9]\b/.test(names) ? 1.95 : /\bM4\b/.test(names) ? 0.87 : 0.69)

/**
 * Vulkan's cooperative matrices reach the tensor cores of NVIDIA cards: 4,400 to 4,830 tokens a second of an 8B model on an RTX
 * 3090 (#21024); AMD's reach half of FP16: Radeon 8060S by visorcraft/strix-halo-llm-perf, Radeon Pro VII by #22933. GTX 1070 0.67
 * of FP32, GTX 1660 Ti 0.7 of FP16 (#10879).
 */
function vulkanFactor(capability: number | null, isPlain: boolean): number {
  if (capability === null) return 0.5
  if (capability < 7) return 0.67
  return isPlain ? 0.7 : capability >= 7.5 ? 2 : 0.5
}
/** What builds of the first scoreboard (#10879) reached of that. */
const earlyVulkan = 0.75
