import { describe, expect, test } from 'vitest'
import { findGpu } from '../../../electron/core/hardware/gpu-table'
import { gpuFlops } from '../../../electron/core/recommend/flops'
import { gpuOf, machineOf } from '../recommend/machines'

/** Operations for one token of llama-2-7b: two for each of its parameters. */
const perToken = 2 * 6.74e9

function promptRate(name: string, vramMiB: number, backend: string): number | null {
  const entry = findGpu({ vendor: 'nvidia', name, vramMiB })
  const { computeCapability = null, fp16Tflops = null, bandwidthGBps = null } = entry ?? {}
  const machine = machineOf({ gpus: [gpuOf({ name, vramMiB, computeCapability, fp16Tflops, bandwidthGBps })] })
  const flops = gpuFlops(fp16Tflops, { machine, backend })
  return flops === null ? null : flops / perToken
}

/** Prompt tokens a second of llama-2-7b Q4_0, 512 of them, as published (ggml-org/llama.cpp discussions 15013 and 10879). */
describe('prompts on cards before and without tensor cores', () => {
  test.each([
    ['Tesla P40', 24_576, 'cuda', 1007],
    ['NVIDIA TITAN Xp', 12_288, 'cuda', 1155],
    ['NVIDIA GeForce GTX 1070 Ti', 8192, 'cuda', 714],
    ['Tesla P100-PCIE-16GB', 16_280, 'cuda', 761],
    ['NVIDIA GeForce GTX 1660', 6144, 'cuda', 149],
    ['NVIDIA GeForce GTX 1070', 8192, 'vulkan', 322],
    ['NVIDIA GeForce GTX 1660 Ti', 6144, 'vulkan', 512],
  ] as const)('%s with %d MiB under %s: %d measured', (...[name, vramMiB, backend, measured]) => {
    const rate = promptRate(name, vramMiB, backend) ?? 0
    expect(rate / measured).toBeGreaterThan(0.75)
    expect(rate / measured).toBeLessThan(1.25)
  })

  test('what nobody measured stays unknown', () => {
    expect(promptRate('NVIDIA GeForce GTX 980 Ti', 6081, 'cuda')).toBeNull()
    expect(promptRate('NVIDIA GeForce GTX 980 Ti', 6081, 'vulkan')).toBeNull()
  })

  test('newer cards are what they were: tensor cores go beyond the shaders', () => {
    expect(promptRate('NVIDIA GeForce RTX 4090', 24_564, 'cuda')).toBeGreaterThan(10_000)
    expect(promptRate('NVIDIA GeForce RTX 2080 Ti', 11_264, 'cuda')).toBeGreaterThan(2000)
  })
})
