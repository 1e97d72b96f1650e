import { describe, expect, test } from 'vitest'
import type { Gpu } from '../../../electron/contract/machine'
import { guessShape, type ModelSize } from '../../../electron/core/recommend/model-size'
import { handOnSeconds, kernelsPerLayer, pipelineSeconds, sumSeconds } from '../../../electron/core/recommend/pipeline'
import type { Placement } from '../../../electron/core/recommend/placement'
import { gpuDevices } from '../../../electron/core/recommend/devices'
import { prefillRate } from '../../../electron/core/recommend/prefill'
import { gpuOf, machineOf } from './machines'

const stages = (count: number, kernels: number) => Array.from({ length: count }, () => ({ seconds: 1, kernels }))

describe('micro-batches through several cards', () => {
  test('one takes as long as all cards one after another', () => {
    expect(pipelineSeconds(1, stages(4, 100))).toBe(4)
    expect(pipelineSeconds(1, stages(4, 5000))).toBe(4)
  })

  test('where all commands fit into the queues, M of them take M + G - 1 steps', () => {
    expect(pipelineSeconds(2, stages(2, 100))).toBe(3)
    expect(pipelineSeconds(16, stages(4, 100))).toBe(19)
  })

  test('the slowest card sets the pace', () => {
    const uneven = [
      { seconds: 1, kernels: 10 },
      { seconds: 3, kernels: 10 },
    ]
    expect(pipelineSeconds(10, uneven)).toBe(1 + 3 * 10)
  })

  test('a full queue holds the processor up: a quarter is lost with two cards, most of it with four', () => {
    const two = pipelineSeconds(16, stages(2, 40 * 33)) / pipelineSeconds(16, stages(2, 100))
    expect(two).toBeGreaterThan(1.15)
    expect(two).toBeLessThan(1.5)
    expect(64 / pipelineSeconds(16, stages(4, 20 * 57))).toBeLessThan(1.5)
  })

  test('more work never takes less time, and no order of cards beats the ideal', () => {
    for (const cards of [1, 2, 3, 4, 6, 8]) {
      for (const kernels of [10, 300, 700, 1023, 1024, 1025, 3000]) {
        let before = 0
        for (let batches = 1; batches <= 40; batches++) {
          const seconds = pipelineSeconds(batches, stages(cards, kernels))
          expect(seconds).toBeGreaterThanOrEqual(Math.max(before, batches + cards - 1) - 1e-9)
          expect(seconds).toBeLessThanOrEqual(batches * cards + 1e-9)
          before = seconds
        }
      }
    }
  })

  test('engines of before 2025 launch more, mixtures too', () => {
    const dense = modelOf(8.03, 'Q4_K_M')
    const mixture = { ...dense, activeParameters: 1e9, shape: { ...dense.shape, experts: 64, expertsUsed: 8 } }
    expect(kernelsPerLayer(dense, true)).toBeGreaterThan(kernelsPerLayer({ ...dense, quantisation: 'F16' }, true))
    expect(kernelsPerLayer(dense, true)).toBeGreaterThan(kernelsPerLayer(dense, false))
    expect(kernelsPerLayer(mixture, false)).toBeGreaterThan(kernelsPerLayer(dense, false))
  })
})

/** Llama 3 by its card: 32 layers of 4,096 with 32 heads, 80 of 8,192 with 64. */
function modelOf(billions: number, quantisation: string): ModelSize {
  const large = billions > 20
  const [layers, hidden, heads] = large ? [80, 8192, 64] : [32, 4096, 32]
  const shape = {
    ...guessShape(billions * 1e9),
    layers,
    hidden,
    heads,
    kvHeads: 8,
    headDim: 128,
    fullAttentionLayers: layers,
    slidingLayers: 0,
  }
  const parameters = billions * 1e9
  const weightsBytes = parameters * (quantisation === 'F16' ? 2 : 0.6)
  return { shape, shapeKnown: true, parameters, activeParameters: parameters, weightsBytes, layerBytes: null, basis: 'shape', quantisation }
}

function machineWith(count: number, card: Partial<Gpu>) {
  return machineOf({ gpus: Array.from({ length: count }, (_, index) => gpuOf({ ...card, id: `gpu${index}` })) })
}

type Asked = { count: number; card: Partial<Gpu>; backend?: string; tensorParallel?: boolean; early?: boolean }

function rateOf(model: ModelSize, promptTokens: number, { count, card, backend = 'cuda', tensorParallel = false, early = false }: Asked) {
  const machine = machineWith(count, card)
  const { layers } = model.shape
  const placement: Placement = {
    shares: gpuDevices(machine, backend).map(device => ({
      ...{ device, weightsMiB: model.weightsBytes / 2 ** 20 / count, kvMiB: 0, computeMiB: 0, overheadMiB: 0, freeMiB: 0 },
      layers: tensorParallel ? layers : layers / count,
    })),
    ...{ fits: true, gpuLayers: layers, layers, tensorParallel: tensorParallel ? count : 1, memoryShare: null, kvQuantisation: 'f16' },
  }
  return prefillRate({ machine, backend, placement, model, promptTokens, flashAttention: !early, early }) ?? 0
}

const a6000 = {
  name: 'NVIDIA RTX A6000',
  computeCapability: '8.6',
  bandwidthGBps: 768,
  fp16Tflops: 38.7,
  vramMiB: 49_140,
  vramFreeMiB: 48_500,
}
const rtx3090 = { name: 'NVIDIA GeForce RTX 3090', computeCapability: '8.6', bandwidthGBps: 936, fp16Tflops: 35.6 }

describe('prompts on several cards against published runs', () => {
  const published = [
    { size: 8.03, quantisation: 'F16', prompt: 1024, measured: 6448.85 },
    { size: 8.03, quantisation: 'F16', prompt: 8192, measured: 7298.18 },
    { size: 8.03, quantisation: 'Q4_K_M', prompt: 8192, measured: 6438.82 },
    { size: 70.55, quantisation: 'Q4_K_M', prompt: 1024, measured: 539.2 },
    { size: 70.55, quantisation: 'Q4_K_M', prompt: 8192, measured: 434.31 },
    { size: 70.55, quantisation: 'F16', prompt: 1024, measured: 792.23 },
    { size: 70.55, quantisation: 'F16', prompt: 8192, measured: 748.06 },
  ]
  test.each(published)('four RTX A6000, Llama 3 $size B $quantisation, $prompt tokens: $measured tok/s within 15 % (XiongjieDai)', each => {
    const rate = rateOf(modelOf(each.size, each.quantisation), each.prompt, { count: 4, card: a6000, early: true })
    expect(Math.abs(rate / each.measured - 1)).toBeLessThan(0.15)
  })

  test('today two cards gain nothing from one micro-batch, and up to nearly twice from a long prompt', () => {
    const model = modelOf(8.03, 'Q4_K_M')
    const gain = (prompt: number) => rateOf(model, prompt, { count: 2, card: rtx3090 }) / rateOf(model, prompt, { count: 1, card: rtx3090 })
    expect(gain(512)).toBeGreaterThan(0.95)
    expect(gain(512)).toBeLessThanOrEqual(1)
    expect(gain(16_384)).toBeGreaterThan(1.7)
    expect(gain(16_384)).toBeLessThan(2)
  })

  test('other backends wait for each other', () => {
    const card = { ...rtx3090, vendor: 'amd' as const, name: 'AMD Radeon RX 7900 XTX', computeCapability: null, fp16Tflops: 122.8 }
    const model = modelOf(8.03, 'Q4_K_M')
    const one = rateOf(model, 8192, { count: 1, card, backend: 'rocm' })
    expect(rateOf(model, 8192, { count: 2, card, backend: 'rocm' })).toBeCloseTo(one, 6)
  })
})

describe('tensor-parallel groups', () => {
  /** Qwen3.6 27B: 64 layers of 5,120. */
  const model = { ...modelOf(27, 'INT4'), shape: { ...modelOf(27, 'INT4').shape, layers: 64, hidden: 5120, fullAttentionLayers: 16 } }
  const pcie = { generation: 1, width: 8, maxGeneration: 4, maxWidth: 16 }

  test('two RTX 3090: 1,975 tok/s by NVLink and 1,327 by PCIe (club-3090 #702, vLLM), each within 25 %', () => {
    const group = (card: Partial<Gpu>) => rateOf(model, 10_000, { count: 2, card: { ...rtx3090, ...card }, tensorParallel: true })
    const linked = group({ nvlinks: 4, pcie })
    const plain = group({ nvlinks: 0, pcie })
    expect(Math.abs(linked / 1975 - 1)).toBeLessThan(0.25)
    expect(Math.abs(plain / 1327 - 1)).toBeLessThan(0.25)
    expect(linked / plain).toBeGreaterThan(1.3)
  })

  test('sums and copies cost more on slower links; an unknown link counts as half of PCIe 4.0', () => {
    const ids = ['gpu0', 'gpu1']
    const sums = (card: Partial<Gpu>) => sumSeconds(machineWith(2, card), ids, model)
    expect(sums({ pcie: { ...pcie, maxGeneration: 3 } })).toBeGreaterThan(sums({ pcie }))
    expect(sums({ pcie: null })).toBeCloseTo(sums({ pcie }), 3)
    expect(sums({ nvlinks: 18, computeCapability: '9.0' })).toBeLessThan(sums({ nvlinks: 4, computeCapability: '8.6' }))
    expect(handOnSeconds(machineWith(2, { pcie }), ids, 15.76e9 * 0.6)).toBeCloseTo(1, 2)
  })
})
