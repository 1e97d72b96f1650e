import type { Machine } from '../../contract/machine'
import { bestComputeCapability, usableGpus } from '../runtimes/facts-judge'
import type { Option } from './options'

/**
 * What a quantisation of batching servers needs. `capability`: the least CUDA compute capability; `rocm`: targets of AMD.
 * FP8 runs as weight-only from 7.5 on and AWQ from 7.5 on, AMD has FP8 on MI300 and RDNA 4 only
 * (https://docs.vllm.ai/en/v0.32.0/features/quantization/llm_compressor/fp8/, .../en/v0.15.1/features/quantization/);
 * MXFP4 weights of gpt-oss want Ampere or MI300 (https://docs.vllm.ai/projects/recipes/en/latest/OpenAI/GPT-OSS.html).
 * None of them is served on Ascend, whose own quantisations are other files (https://docs.vllm.ai/projects/ascend).
 */
const needs: readonly { quantisation: RegExp; capability: number; rocm: RegExp | null }[] = [
  { quantisation: /fp8/i, capability: 7.5, rocm: /^gfx(94\d|95\d|12\d\d)$/ },
  { quantisation: /awq/i, capability: 7.5, rocm: null },
  { quantisation: /mxfp4/i, capability: 8, rocm: /^gfx(94\d|95\d)$/ },
]

/** Whether the hardware behind a backend computes with this quantisation; GGUF and MLX bring kernels of their own. */
export function quantisationRuns({ format, quantisation }: Option, backend: string, machine: Machine): boolean {
  if (format !== 'safetensors') return true
  const need = needs.find(each => each.quantisation.test(quantisation))
  if (!need) return true
  if (backend === 'cuda') return (bestComputeCapability(machine) ?? need.capability) >= need.capability
  if (backend !== 'rocm') return backend === 'cpu' && /awq/i.test(quantisation)
  const target = need.rocm
  return target !== null && usableGpus(machine, 'amd').some(gpu => gpu.rocmTarget !== null && target.test(gpu.rocmTarget))
}
