import { describe, expect, test } from 'vitest'
import type { Artifact, CatalogueModel, FileFacts, ModelShape } from '../../../electron/contract/model'
import { contextHabits } from '../../../electron/core/recommend/estimate-start'
import { computeBytes, kvBytes } from '../../../electron/core/recommend/kv-cache'
import { estimateMemory } from '../../../electron/core/recommend/memory'
import { guessShape, sizeOfArtifact, sizeOfFile } from '../../../electron/core/recommend/model-size'
import type { PlacementInput } from '../../../electron/core/recommend/placement'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const MiB = 1024 * 1024

/** Shapes as the headers of the two files say; the figures below are from llama.cpp's own log of a CPU run. */
const smol: ModelShape = {
  ...{ layers: 30, fullAttentionLayers: 30, slidingLayers: 0, slidingWindow: null, hidden: 576, heads: 9, kvHeads: 3, headDim: 64 },
  ...{ keyDim: null, valueDim: null, mla: null, recurrentStateBytes: 0, vocabulary: 49_152, contextMax: 8192, experts: null },
  expertsUsed: null,
}
const gemma: ModelShape = {
  ...{ layers: 18, fullAttentionLayers: 3, slidingLayers: 15, slidingWindow: 512, hidden: 640, heads: 4, kvHeads: 1, headDim: 256 },
  ...{ keyDim: null, valueDim: null, mla: null, recurrentStateBytes: 0, vocabulary: 262_144, contextMax: 32_768, experts: null },
  expertsUsed: null,
}
/** node-llama-cpp adds one token to the micro-batch of a model with a sliding window. */
const gemmaMicroBatch = 513

describe('against what llama.cpp logs', () => {
  test.each([
    { shape: smol, contextTokens: 2048, microBatch: 512, mib: 45 },
    { shape: smol, contextTokens: 8192, microBatch: 512, mib: 180 },
    { shape: gemma, contextTokens: 2048, microBatch: gemmaMicroBatch, mib: 6 + 18.75 },
    { shape: gemma, contextTokens: 8192, microBatch: gemmaMicroBatch, mib: 24 + 18.75 },
  ])('the cache of $shape.layers layers at $contextTokens tokens is $mib MiB', ({ shape, contextTokens, microBatch, mib }) => {
    expect(kvBytes(shape, { contextTokens, kvQuantisation: 'f16', microBatch }) / MiB).toBeCloseTo(mib, 2)
  })

  test.each([
    { name: 'SmolLM2 at 2,048', shape: smol, contextTokens: 2048, flashAttention: false, microBatch: 512, mib: 99.4 },
    { name: 'SmolLM2 at 8,192', shape: smol, contextTokens: 8192, flashAttention: false, microBatch: 512, mib: 166.4 },
    { name: 'SmolLM2 at 8,192 with flash attention', shape: smol, contextTokens: 8192, flashAttention: true, microBatch: 512, mib: 98.3 },
    { name: 'gemma at 2,048', shape: gemma, contextTokens: 2048, flashAttention: true, microBatch: gemmaMicroBatch, mib: 515.5 },
  ])('the compute buffer of $name is $mib MiB within 1.5 %', ({ shape, contextTokens, flashAttention, microBatch, mib }) => {
    const estimated = computeBytes(shape, { contextTokens, flashAttention, microBatch }) / MiB
    expect(Math.abs(estimated - mib) / mib).toBeLessThan(0.015)
  })
})

describe('against what its server of 2026 logs, with one row of logits a slot', () => {
  test.each([
    { name: 'SmolLM2 at 8,192', shape: smol, contextTokens: 8192, flashAttention: true, mib: 22.64 },
    { name: 'SmolLM2 at 8,192 without flash attention', shape: smol, contextTokens: 8192, flashAttention: false, mib: 167.51 },
    { name: 'gemma at 2,048', shape: gemma, contextTokens: 2048, flashAttention: true, mib: 21.28 },
    { name: 'gemma at 8,192 without flash attention', shape: gemma, contextTokens: 8192, flashAttention: false, mib: 94.27 },
  ])('the compute buffer of $name is $mib MiB within 3 MiB', ({ shape, contextTokens, flashAttention, mib }) => {
    const estimated = computeBytes(shape, { contextTokens, flashAttention, lastOutputs: 1 }) / MiB
    expect(Math.abs(estimated - mib)).toBeLessThan(3)
  })
})

describe('what a build does with a context', () => {
  type Asked = { kind: string; version: string | null; shape: ModelShape; kvQuantisation?: 'q8_0' }
  const habits = ({ kind, version, shape, kvQuantisation }: Asked) => {
    const runtime = runtimes.find(each => each.facts.contextOf?.[kind])
    if (!runtime) throw new Error(`no adapter tells of ${kind}`)
    const size = { ...sizeOfArtifact(canary, canary.artifacts[0]), shape }
    return contextHabits(runtime, { kind, version }, { size, kvQuantisation: kvQuantisation ?? null })
  }
  const canary = catalogue[0] as CatalogueModel & { artifacts: [Artifact] }

  test('the engine in the app: flash attention where heads are equal, 513 tokens for sliding windows; a quantised cache turns it on', () => {
    const unequal = { ...smol, keyDim: 192, valueDim: 128 }
    expect(habits({ kind: 'built-in', version: '3.21.1', shape: smol })).toEqual({})
    expect(habits({ kind: 'built-in', version: '3.21.1', shape: gemma })).toEqual({ microBatch: 513 })
    expect(habits({ kind: 'built-in', version: '3.21.1', shape: unequal })).toEqual({ flashAttention: false })
    expect(habits({ kind: 'built-in', version: '3.21.1', shape: unequal, kvQuantisation: 'q8_0' })).toEqual({})
  })

  test('servers of 2026 keep logits of the last tokens only, older or unknown ones are not promised to', () => {
    expect(habits({ kind: 'llama-server', version: 'b11669', shape: smol })).toEqual({ lastOutputsOnly: true })
    expect(habits({ kind: 'xllamacpp', version: '2026.10.11549', shape: gemma })).toEqual({ lastOutputsOnly: true })
    expect(habits({ kind: 'llama-server', version: 'b6000', shape: smol })).toEqual({})
    expect(habits({ kind: 'llama-server', version: null, shape: smol })).toEqual({})
  })
})

describe('cache formulas', () => {
  test('quantised caches take 34 and 18 bytes for 32 values', () => {
    const f16 = kvBytes(smol, { contextTokens: 4096, kvQuantisation: 'f16' })
    expect(kvBytes(smol, { contextTokens: 4096, kvQuantisation: 'q8_0' }) / f16).toBeCloseTo(34 / 64, 6)
    expect(kvBytes(smol, { contextTokens: 4096, kvQuantisation: 'q4_0' }) / f16).toBeCloseTo(18 / 64, 6)
  })

  test('MLA keeps one compressed row per token: 53 KiB for GLM-4.7-Flash', () => {
    const model = catalogue.find(each => each.id === 'zai-org/GLM-4.7-Flash')
    expect(model?.shape.mla).not.toBeNull()
    const perToken = kvBytes(model?.shape ?? smol, { contextTokens: 1024, kvQuantisation: 'f16' }) / 1024
    expect(perToken / 1024).toBeCloseTo(52.9, 1)
  })

  test('recurrent layers keep a state that does not grow', () => {
    const hybrid = { ...smol, fullAttentionLayers: 6, recurrentStateBytes: 1_000_000 }
    const short = kvBytes(hybrid, { contextTokens: 1024, kvQuantisation: 'f16' })
    const long = kvBytes(hybrid, { contextTokens: 4096, kvQuantisation: 'f16' })
    expect(long - 24e6).toBeCloseTo(4 * (short - 24e6), 0)
  })
})

const llama70 = catalogue.find(each => each.id === 'meta-llama/Llama-3.3-70B-Instruct')
const qwen8 = catalogue.find(each => each.id === 'Qwen/Qwen3-8B')
const engine = { overheadMiB: { cuda: 250, cpu: 60, metal: 120 }, reservedShare: null }

function inputOf(changes: Partial<PlacementInput>): PlacementInput {
  const artifact = qwen8?.artifacts.find(each => each.id === 'Q4_K_M')
  if (!qwen8 || !artifact) throw new Error('The catalogue lacks Qwen3-8B Q4_K_M')
  return {
    ...{ machine: machineOf({ gpus: [gpuOf({})] }), model: sizeOfArtifact(qwen8, artifact), contextTokens: 8192, slots: 1 },
    ...{ kvQuantisation: 'f16' as const, backend: 'cuda', engine },
    ...changes,
  }
}

const sumOf = (input: PlacementInput) =>
  estimateMemory(input).devices.map(({ totalMiB, weightsMiB, kvMiB, computeMiB, overheadMiB, othersMiB, freeMiB }) => ({
    total: totalMiB,
    sum: weightsMiB + kvMiB + computeMiB + overheadMiB + othersMiB + freeMiB,
  }))

describe('placement', () => {
  test('an 8B model lies whole on a 24 GB card', () => {
    const estimate = estimateMemory(inputOf({}))
    expect(estimate).toMatchObject({ fits: true, gpuLayers: 36, layers: 36, basis: 'shape' })
    expect(estimate.devices).toHaveLength(1)
    expect(estimate.devices[0]).toMatchObject({ id: 'gpu0', othersMiB: 564, kvMiB: 1152 })
  })

  test('what does not fit on the card stays in memory, layer by layer', () => {
    const estimate = estimateMemory(inputOf({ machine: machineOf({ gpus: [gpuOf({ vramMiB: 4096, vramFreeMiB: 3900 })] }) }))
    expect(estimate.fits).toBe(true)
    expect(estimate.gpuLayers).toBeGreaterThan(10)
    expect(estimate.gpuLayers).toBeLessThan(36)
    expect(estimate.devices.map(each => each.id)).toEqual(['gpu0', 'ram'])
  })

  test('unequal cards take layers by their free memory, and a card that is not needed takes none', () => {
    const cards = [
      gpuOf({ id: 'gpu0', vramMiB: 6144, vramFreeMiB: 6000, bandwidthGBps: 336 }),
      gpuOf({ id: 'gpu1', vramFreeMiB: 24_000, bandwidthGBps: 936 }),
      gpuOf({ id: 'gpu2', vramFreeMiB: 22_000, bandwidthGBps: 936 }),
    ]
    const artifact = llama70?.artifacts.find(each => each.id === 'IQ4_XS')
    if (!llama70 || !artifact) throw new Error('The catalogue lacks Llama 3.3 70B IQ4_XS')
    const estimate = estimateMemory(inputOf({ machine: machineOf({ gpus: cards }), model: sizeOfArtifact(llama70, artifact) }))
    expect(estimate).toMatchObject({ fits: true, gpuLayers: 80 })
    expect(estimate.devices.map(each => each.id)).toEqual(['gpu1', 'gpu2'])
    expect(estimate.devices[0]?.weightsMiB).toBeGreaterThan(estimate.devices[1]?.weightsMiB ?? 0)
  })

  test('a batching server divides weights over a tensor-parallel group and reserves its share', () => {
    const gpus = ['gpu0', 'gpu1'].map(id => gpuOf({ id, vramMiB: 16_384, vramFreeMiB: 16_000 }))
    const bf16 = qwen8?.artifacts.find(each => each.id === 'BF16')
    if (!qwen8 || !bf16) throw new Error('The catalogue lacks Qwen3-8B BF16')
    const reserving = { overheadMiB: { cuda: 1000 }, reservedShare: 0.92 }
    const estimate = estimateMemory(
      inputOf({ machine: machineOf({ gpus }), model: sizeOfArtifact(qwen8, bf16), engine: reserving, slots: 4 }),
    )
    expect(estimate.fits).toBe(true)
    expect(estimate.devices).toHaveLength(2)
    expect(estimate.devices[0]?.weightsMiB).toBeCloseTo((bf16.bytes ?? 0) / MiB / 2, 0)
    const used = 16_384 - (estimate.devices[0]?.freeMiB ?? 0) - (estimate.devices[0]?.othersMiB ?? 0)
    expect(used / 16_384).toBeGreaterThan(0.88)
  })

  test('the limit of a container counts, not the hardware', () => {
    const machine = machineOf({ memory: { totalMiB: 95_000, availableMiB: 81_000, limitMiB: 8192, limitFrom: 'cgroup' } })
    const estimate = estimateMemory(inputOf({ machine, backend: 'cpu' }))
    expect(estimate.devices[0]).toMatchObject({ id: 'ram', totalMiB: 8192 })
    expect(estimateMemory(inputOf({ machine, backend: 'cpu', contextTokens: 40_960 })).fits).toBe(false)
  })

  test('macOS keeps a quarter of a 64 GB machine from the GPU', () => {
    const gpu = gpuOf({
      vendor: 'apple',
      memoryKind: 'unified',
      integrated: true,
      vramMiB: null,
      vramFreeMiB: null,
      computeCapability: null,
    })
    const machine = machineOf({
      os: { platform: 'darwin', arch: 'arm64' },
      memory: { totalMiB: 65_536, availableMiB: 60_000 },
      gpus: [gpu],
    })
    expect(estimateMemory(inputOf({ machine, backend: 'metal' })).devices[0]).toMatchObject({ totalMiB: 65_536, othersMiB: 16_384 })
  })

  test('a slice of a MIG card is the whole world of a process', () => {
    const gpu = gpuOf({ vramMiB: 81_559, migEnabled: true, migInstances: [{ profile: '3g.40gb', memoryMiB: 40_448 }] })
    expect(estimateMemory(inputOf({ machine: machineOf({ gpus: [gpu] }) })).devices[0]?.totalMiB).toBe(40_448)
  })

  test('parts and free memory sum to each device, whatever is asked', () => {
    const cases = [
      {},
      { slots: 8 },
      { backend: 'cpu' },
      { contextTokens: 300 },
      { contextTokens: 1_000_000 },
      { kvQuantisation: 'q4_0' as const },
    ]
    for (const { total, sum } of cases.flatMap(each => sumOf(inputOf(each)))) expect(sum).toBeCloseTo(total, 0.5)
  })
})

describe('a file that is here', () => {
  const facts: FileFacts = {
    ...{
      format: 'gguf',
      name: 'x',
      architecture: 'llama',
      quantisation: 'Q4_1',
      bytes: 98_362_432,
      tensorBytes: 96_572_000,
      tensorCount: 272,
    },
    ...{ parameters: 134_515_008, layerBytes: Array.from({ length: 30 }, () => 2_650_000), shape: smol, chatTemplate: true },
  }

  test('is reckoned from its tensors', () => {
    const estimate = estimateMemory(inputOf({ model: sizeOfFile(facts, null), contextTokens: 2048, backend: 'cpu' }))
    expect(estimate).toMatchObject({ basis: 'tensors', gpuLayers: 0, layers: 30 })
    expect(estimate.devices[0]).toMatchObject({ weightsMiB: 92.1, kvMiB: 45 })
  })

  test('without a readable shape an ordinary one of its size is assumed, and said', () => {
    const estimate = estimateMemory(inputOf({ model: sizeOfFile({ ...facts, shape: null }, null), backend: 'cpu' }))
    expect(estimate.workings.join(' ')).toContain('not known')
    const guessed = guessShape(8e9)
    expect(guessed.layers).toBeGreaterThan(28)
    expect(guessed.layers).toBeLessThan(40)
  })
})
