import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../electron/contract/machine'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { place } from '../../../electron/core/recommend/placement'
import { estimateSpeed, type SpeedInput } from '../../../electron/core/recommend/speed'
import { concurrencyScale, streamGBps } from '../../../electron/core/recommend/speed-model'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const engine = { overheadMiB: { cuda: 250, cpu: 60, metal: 120 }, reservedShare: null }
const facts: SpeedInput['facts'] = { speedFactor: { cuda: 1, metal: 1, cpu: 1 }, concurrency: { kind: 'slots', comfortableUsers: 4 } }

function speedOf(name: { model: string; artifact: string }, machine: Machine, changes: Partial<SpeedInput> = {}) {
  const model = catalogue.find(each => each.id === name.model)
  const artifact = model?.artifacts.find(each => each.id === name.artifact)
  if (!model || !artifact) throw new Error(`The catalogue lacks ${name.model} ${name.artifact}`)
  const size = sizeOfArtifact(model, artifact)
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
  test('RTX 4090, Llama 3.1 8B Q4_K_M: the published 120 tok/s lie in the range', () => {
    const { oneUser } = speedOf(llama8, rtx4090)
    expect(oneUser?.low).toBeLessThan(120)
    expect(oneUser?.high).toBeGreaterThan(120)
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

  test('very wide memory is not filled by one stream, and more of it is never slower', () => {
    const named = (name: string) => [900, 1200, 2000, 3300].map(GBps => streamGBps(GBps, { name }, 'cuda'))
    const [, , , wide] = named('NVIDIA H100 80GB HBM3')
    expect(wide).toBeLessThan(2000)
    expect(named('NVIDIA RTX PRO 6000 Blackwell').at(-1)).toBe(3300)
    expect([...named('NVIDIA H100 80GB HBM3')].sort((a, b) => a - b)).toEqual(named('NVIDIA H100 80GB HBM3'))
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
    expect(speed).toMatchObject({ basis: 'measured', oneUser: { mid: 133 }, ttftMs: { mid: 90 } })
    expect(speed.oneUser?.low).toBeGreaterThan(125)
  })

  test('correct the estimate of other models', () => {
    const before = speedOf(llama8, rtx4090).oneUser?.mid ?? 0
    expect(speedOf(llama8, rtx4090, { calibration: 0.5 }).oneUser?.mid).toBeCloseTo(before / 2, 0)
  })
})

describe('several users', () => {
  const scale = (users: number, kind: 'batched' | 'slots' | 'queue', slots = users) =>
    concurrencyScale({ users, slots, kind, mixture: false, onCpu: false })

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
