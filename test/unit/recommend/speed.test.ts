import { describe, expect, test } from 'vitest'
import type { Gpu, Machine } from '../../../electron/contract/machine'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { place } from '../../../electron/core/recommend/placement'
import { estimateSpeed, type SpeedInput } from '../../../electron/core/recommend/speed'
import { concurrencyScale } from '../../../electron/core/recommend/speed-model'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const engine = { overheadMiB: { cuda: 250, cpu: 60, metal: 120 }, reservedShare: null }
const facts: SpeedInput['facts'] = { speedFactor: { cuda: 1, metal: 1, cpu: 1 }, concurrency: { kind: 'slots', comfortableUsers: 4 } }

type Name = { model: string; artifact: string }

function sizeNamed(name: Name) {
  const model = catalogue.find(each => each.id === name.model)
  const artifact = model?.artifacts.find(each => each.id === name.artifact)
  if (!model || !artifact) throw new Error(`The catalogue lacks ${name.model} ${name.artifact}`)
  return sizeOfArtifact(model, artifact)
}

function speedOf(name: Name, machine: Machine, changes: Partial<SpeedInput> = {}) {
  const size = sizeNamed(name)
  const backend = changes.backend ?? 'cuda'
  const placement = place({ machine, model: size, contextTokens: 4096, slots: 1, kvQuantisation: 'f16', backend, engine })
  return estimateSpeed({
    machine,
    model: size,
    placement,
    backend,
    facts,
    users: 1,
    slots: 1,
    contextTokens: 4096,
    task: 'chat',
    ...changes,
  })
}

const llama8 = { model: 'meta-llama/Llama-3.1-8B-Instruct', artifact: 'Q4_K_M' }
const rtx4090 = machineOf({ gpus: [gpuOf({})] })

describe('one stream', () => {
  test('RTX 6000 Ada, Llama 3 8B Q4_K_M: the 131 tok/s published with builds of May 2024 within 15 %, and newer ones are faster', () => {
    const machine = machineOf({ gpus: [gpuOf({ name: 'RTX 6000 Ada', bandwidthGBps: 960, vramMiB: 49_140, vramFreeMiB: 48_600 })] })
    const { oneUser } = speedOf(llama8, machine, { early: true, flashAttention: false, depthTokens: 512 })
    expect(Math.abs((oneUser?.mid ?? 0) / 131 - 1)).toBeLessThan(0.15)
    expect(speedOf(llama8, machine, { depthTokens: 512 }).oneUser?.mid).toBeGreaterThan(oneUser?.mid ?? Infinity)
  })

  test('SmolLM2 on two AVX-512 cores: our own 147 tok/s lie in the range, and it says what was assumed', () => {
    const machine = machineOf({ cpu: { physicalCores: 2, logicalCores: 2 }, memory: { bandwidthGBps: null } })
    const { oneUser, why } = speedOf({ model: 'HuggingFaceTB/SmolLM2-135M-Instruct', artifact: 'Q4_1' }, machine, { backend: 'cpu' })
    expect(oneUser?.low).toBeLessThan(147)
    expect(oneUser?.high).toBeGreaterThan(147)
    expect(why).toContain('bandwidth')
  })

  test('a mixture of experts reads its active share only', () => {
    const mixture = speedOf({ model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct', artifact: 'Q4_K_M' }, rtx4090)
    const dense = speedOf({ model: 'Qwen/Qwen3.8-27B', artifact: 'Q4_K_M' }, rtx4090)
    expect(mixture.oneUser?.mid).toBeGreaterThan(3 * (dense.oneUser?.mid ?? Infinity))
  })

  test('a GPU whose bandwidth is unknown gets no number and a reason', () => {
    const speed = speedOf(llama8, machineOf({ gpus: [gpuOf({ bandwidthGBps: null })] }))
    expect(speed.oneUser).toBeNull()
    expect(speed.why).toContain('bandwidth')
  })

  test('stacked memory gives more than the cores take in, and more of it is never slower', () => {
    const rates = (changes: Partial<Gpu>) =>
      [900, 1200, 2000, 3300].map(bandwidthGBps => {
        const machine = machineOf({ gpus: [gpuOf({ bandwidthGBps, vramMiB: 81_920, vramFreeMiB: 81_000, ...changes })] })
        return speedOf(llama8, machine).oneUser?.mid ?? 0
      })
    const blackwell = rates({ name: 'NVIDIA RTX PRO 6000 Blackwell', computeCapability: '12.0', fp16Tflops: 126 })
    for (const fp16Tflops of [204.9, null]) {
      const stacked = rates({ name: 'NVIDIA H100 80GB HBM3', computeCapability: '9.0', fp16Tflops })
      expect(stacked.at(-1)).toBeLessThan(0.85 * (blackwell.at(-1) ?? 0))
      expect([...stacked].sort((a, b) => a - b)).toEqual(stacked)
    }
  })

  test('slow cores hold back what memory could give: an A30 as published, 132 tok/s for Llama 2 7B, not the 180 of its 933 GB/s', () => {
    const a30 = gpuOf({ name: 'NVIDIA A30', computeCapability: '8.0', bandwidthGBps: 933, fp16Tflops: 41.3 })
    const ampere = gpuOf({ name: 'NVIDIA RTX 3090', computeCapability: '8.6', bandwidthGBps: 933, fp16Tflops: 90 })
    const [slow, fast] = [a30, ampere].map(gpu => speedOf(llama8, machineOf({ gpus: [gpu] })).oneUser?.mid ?? 0)
    expect(slow).toBeLessThan(0.85 * (fast ?? 0))
  })

  test('layers of mixtures and recurrent ones cost more than their bytes: a hybrid is slower than a dense model of its size', () => {
    const hybrid = speedOf({ model: 'Qwen/Qwen3.8-27B', artifact: 'Q4_K_M' }, rtx4090)
    const size = sizeNamed({ model: 'Qwen/Qwen3.8-27B', artifact: 'Q4_K_M' })
    const dense = speedOf(llama8, rtx4090, {
      model: { ...size, shape: { ...size.shape, fullAttentionLayers: size.shape.layers, slidingLayers: 0, recurrentStateBytes: 0 } },
    })
    expect(hybrid.oneUser?.mid).toBeLessThan(dense.oneUser?.mid ?? 0)
  })

  test('published in this table: Llama 3.1 8B Q4_K_M on an M4 Pro with builds of 2026 gives 47 tok/s, with those of 2023 a third less', () => {
    const m4 = { vendor: 'apple' as const, name: 'Apple M4 Pro', memoryKind: 'unified' as const, integrated: true, computeCapability: null }
    const machine = machineOf({ gpus: [gpuOf({ ...m4, bandwidthGBps: 273, fp16Tflops: 8.6, vramMiB: null, vramFreeMiB: null })] })
    const today = speedOf(llama8, machine, { backend: 'metal' }).oneUser?.mid ?? 0
    expect(Math.abs(today / 47.3 - 1)).toBeLessThan(0.12)
    expect(speedOf(llama8, machine, { backend: 'metal', early: true }).oneUser?.mid).toBeLessThan(0.77 * today)
  })

  test('published on other machines: gpt-oss-20b on a GB10 84, Llama 3 70B Q4_K_M on an RTX A6000 15 tok/s, within 20 %', () => {
    const gb10 = gpuOf({ name: 'NVIDIA GB10', computeCapability: '12.1', memoryKind: 'unified', vramMiB: 120_000, bandwidthGBps: 273 })
    const mixture = speedOf({ model: 'openai/gpt-oss-20b', artifact: 'MXFP4' }, machineOf({ memory: { totalMiB: 122_880 }, gpus: [gb10] }))
    expect(Math.abs((mixture.oneUser?.mid ?? 0) / 84.1 - 1)).toBeLessThan(0.2)
    const a6000 = gpuOf({ name: 'NVIDIA RTX A6000', computeCapability: '8.6', vramMiB: 49_140, vramFreeMiB: 48_600, bandwidthGBps: 768 })
    const dense = speedOf({ model: 'meta-llama/Llama-3.3-70B-Instruct', artifact: 'Q4_K_M' }, machineOf({ gpus: [a6000] }))
    expect(Math.abs((dense.oneUser?.mid ?? 0) / 15 - 1)).toBeLessThan(0.2)
  })

  test('layers in main memory are what a split model waits for', () => {
    const whole = speedOf(llama8, rtx4090)
    const split = speedOf(llama8, machineOf({ gpus: [gpuOf({ vramMiB: 4096, vramFreeMiB: 3900 })] }))
    expect(split.oneUser?.mid).toBeLessThan((whole.oneUser?.mid ?? 0) / 2)
    expect(split.workings.join(' ')).toContain('on the CPU')
  })
})

describe('own measurements', () => {
  const measured = {
    ...{ runtime: 'x', build: 'x@1', model: llama8.model, artifact: 'Q4_K_M', tokensPerSecond: 133, ttftMs: 90 },
    at: '2026-11-21T12:00:00.000Z',
  }

  test('replace the estimate within 5 %', () => {
    const speed = speedOf(llama8, rtx4090, { measured })
    expect(speed).toMatchObject({ basis: 'measured', oneUser: { mid: 133 } })
    // The run asked a short prompt: a long one takes what it took before.
    expect([speed.ttftMs, speed.promptTokens]).toEqual([speedOf(llama8, rtx4090).ttftMs, speedOf(llama8, rtx4090).promptTokens])
    expect(speed.oneUser?.low).toBeGreaterThan(125)
  })

  test('correct the estimate of other models', () => {
    const before = speedOf(llama8, rtx4090).oneUser?.mid ?? 0
    expect(speedOf(llama8, rtx4090, { calibration: 0.5 }).oneUser?.mid).toBeCloseTo(before / 2, 0)
  })
})

describe('several users', () => {
  const size = sizeNamed(llama8)
  const decode = {
    ...{ machine: rtx4090, model: size, backend: 'cuda', speedFactor: 1 },
    placement: place({ machine: rtx4090, model: size, contextTokens: 4096, slots: 1, kvQuantisation: 'f16', backend: 'cuda', engine }),
  }
  const scale = (users: number, kind: 'batched' | 'slots' | 'queue', slots = users) => concurrencyScale({ ...decode, users, slots, kind })

  test('ten users: batching multiplies, slots about double, a queue gains little, as published for an RTX 4090', () => {
    expect(scale(10, 'batched')).toBeGreaterThan(6)
    expect(scale(10, 'slots', 4)).toBeGreaterThan(1.8)
    expect(scale(10, 'slots', 4)).toBeLessThan(2.6)
    expect(scale(10, 'queue', 2)).toBeLessThan(1.3)
  })

  test('more users never get less together', () => {
    for (const kind of ['batched', 'slots', 'queue'] as const)
      for (let users = 1; users < 200; users++) expect(scale(users + 1, kind)).toBeGreaterThanOrEqual(scale(users, kind))
  })
})
