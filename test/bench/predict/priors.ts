import type { GroupFactors, SpeedFactors } from '../../../electron/core/recommend/speed-factors'

const common: GroupFactors = {
  ...{
    efficiency: 0.88,
    layerMicroseconds: 40,
    mixtureLayers: 1.5,
    recurrentLayers: 2,
    kQuants: 0.9,
    opsPerWeight: 0,
    bytesPerOp: 0,
    cache: 0.7,
    cachePlain: 0.3,
  },
  ...{ kneeGBps: null, beyond: 1, early: 2.2, crossMicroseconds: 100, low: 0.8, high: 1.2 },
}

const metal: GroupFactors = {
  ...{ ...common, efficiency: 0.9, layerMicroseconds: 80, kQuants: 1, opsPerWeight: 12, cachePlain: 0.15 },
  ...{ kneeGBps: 600, beyond: 0.5, early: 2 },
}

const vulkan: GroupFactors = {
  ...common,
  efficiency: 0.8,
  kQuants: 0.95,
  layerMicroseconds: 50,
  cache: 0.5,
  cachePlain: 0.25,
  early: 2,
  crossMicroseconds: 1000,
  low: 0.6,
  high: 1.4,
}

/**
 * Where the fit starts from and is held to: what the hardware suggests before any run is looked at. CUDA launches about ten
 * kernels a layer at 4 microseconds each, in graphs since 2024; the cores take in a limited number of bytes for each of their
 * integer operations, which stacked memory outruns; older ones are slower at it. Metal encodes each kernel by the CPU, half as
 * many as in 2023, when unpacking took twice the operations, and the first large chips unpack at half the rate; ROCm launches
 * without graphs, and experts and recurrent layers in more kernels; Vulkan fuses what CUDA does since the autumn of 2025. A
 * cache without flash attention is read and written in several passes. Beside CUDA a token is handed on to the next card by way
 * of the processor: two RX 7900 XTX with Vulkan take 1.8 ms more than one (1337hero/rx7900xtx-llama-bench-vulcan, December 2025),
 * two R9700 2.0 with Vulkan and 2.4 to 3.6 with ROCm (llama-bench, build 8,797). 1 ms is taken: two pairs say
 * little of others, and one of them hangs on four lanes of a chipset. Routing:
 * llama-batched-bench of Qwen3-Coder-30B-A3B with 8 and 16 streams on a Ryzen AI Max+ 395, Vulkan and ROCm (ggml-org/llama.cpp
 * #25356).
 */
export const priors: SpeedFactors = {
  routing: 0.8,
  groups: {
    cuda: { ...common, bytesPerOp: 0.11 },
    'cuda.turing': { ...common, efficiency: 0.75, bytesPerOp: 0.11 },
    'cuda.early': { ...common, efficiency: 0.65, bytesPerOp: 0.11 },
    'cuda.stacked': { ...common, bytesPerOp: 0.11 },
    metal,
    'metal.first': { ...metal, opsPerWeight: 25 },
    rocm: {
      ...common,
      crossMicroseconds: 1000,
      efficiency: 0.78,
      layerMicroseconds: 50,
      mixtureLayers: 3,
      recurrentLayers: 3,
      cache: 0.7,
      early: 1.5,
    },
    'rocm.stacked': {
      ...common,
      crossMicroseconds: 1000,
      efficiency: 0.5,
      mixtureLayers: 3,
      recurrentLayers: 3,
      cache: 0.7,
      early: 1.5,
      low: 0.7,
      high: 1.3,
    },
    vulkan,
    'vulkan.apple': vulkan,
    'vulkan.intel': vulkan,
    'vulkan.stacked': { ...vulkan, efficiency: 0.55 },
    // Not published in these tables: argued only, so the ranges are wide.
    cann: { ...common, efficiency: 0.5, layerMicroseconds: 100, kQuants: 0.8, cache: 0.4, cachePlain: 0.2, early: 1, low: 0.6, high: 1.4 },
    // Two models measured in turn on AVX-512 cores, see perCoreGBps in electron/core/recommend/speed-model.ts.
    cpu: {
      ...{ ...common, efficiency: 0.7, layerMicroseconds: 80, kQuants: 1, cachePlain: 0.7, early: 1, crossMicroseconds: 0 },
      ...{ low: 0.65, high: 1.35 },
    },
  },
}
