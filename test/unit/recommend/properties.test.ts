import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { recommendationSchema, type Decision, type Recommendation } from '../../../electron/contract/decision'
import { musts, needSchema, priorities, tasks, type Need } from '../../../electron/contract/need'
import type { Gpu, Machine } from '../../../electron/contract/machine'
import { recommend } from '../../../electron/core/recommend/recommend'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { inputFor, readJson } from './inputs'
import { gpuOf, machineOf } from './machines'

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })

const needs: fc.Arbitrary<Need> = fc
  .record({
    users: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 500 })),
    task: fc.constantFrom(...tasks),
    experience: fc.constantFrom('first-time', 'comfortable', 'operator'),
    priorities: fc.uniqueArray(fc.constantFrom(...priorities), { maxLength: 3 }),
    contextTokens: maybe(fc.integer({ min: 256, max: 200_000 })),
    model: maybe(fc.constantFrom('70B', 'qwen', '0.6b', 'nothing of the kind')),
    must: fc.uniqueArray(fc.constantFrom(...musts), { maxLength: 2 }),
    abilities: fc.constantFrom(undefined, undefined, ['vision' as const]),
  })
  .map(need => needSchema.parse(need))

const gpus: fc.Arbitrary<Partial<Gpu>> = fc.record({
  vendor: fc.constantFrom('nvidia', 'amd', 'intel', 'apple', 'huawei', 'other'),
  memoryKind: fc.constantFrom('dedicated', 'unified'),
  integrated: fc.boolean(),
  vramMiB: maybe(fc.integer({ min: 256, max: 200_000 })),
  vramFreeMiB: maybe(fc.integer({ min: 0, max: 256 })),
  driver: maybe(fc.constantFrom('535.86', '580.65', 'unknown')),
  computeCapability: maybe(fc.constantFrom('6.1', '7.5', '8.9', '12.1')),
  rocmTarget: maybe(fc.constantFrom('gfx1100', 'gfx942', 'gfx90c')),
  vulkan: maybe(fc.boolean()),
  migEnabled: maybe(fc.boolean()),
  bandwidthGBps: maybe(fc.integer({ min: 20, max: 5000 })),
  fp16Tflops: maybe(fc.integer({ min: 1, max: 900 })),
  usable: fc.boolean(),
})

const machines: fc.Arbitrary<Machine> = fc
  .record({
    os: fc.record({ platform: fc.constantFrom('linux', 'darwin', 'win32'), arch: fc.constantFrom('x64', 'arm64', 'other') }),
    cpu: fc.record({ physicalCores: maybe(fc.integer({ min: 1, max: 128 })), logicalCores: maybe(fc.integer({ min: 1, max: 256 })) }),
    memory: fc.record({
      totalMiB: maybe(fc.integer({ min: 512, max: 1_000_000 })),
      availableMiB: maybe(fc.integer({ min: 100, max: 500_000 })),
      limitMiB: maybe(fc.integer({ min: 512, max: 100_000 })),
      bandwidthGBps: maybe(fc.integer({ min: 5, max: 800 })),
    }),
    gpus: fc.array(gpus, { maxLength: 4 }),
  })
  .map(parts => machineOf({ ...parts, gpus: parts.gpus.map((gpu, index) => gpuOf({ ...gpu, id: `gpu${index}` })) }))

const runs = { numRuns: 150, seed: 20_261_121 }

describe('whatever the machine and the need', () => {
  test('it answers, in the shape of the contract, and keeps its promises', () => {
    fc.assert(
      fc.property(machines, needs, (machine, need) => {
        const answer = recommend(inputFor(machine, need))
        recommendationSchema.parse(answer)
        keepsPromises(answer, need)
      }),
      runs,
    )
  })
})

function keepsPromises({ decisions, rejected, notes, grounds }: Recommendation, need: Need) {
  for (const note of notes) expect(grounds?.[note]?.length ?? 0, note).toBeGreaterThan(0)
  expect(decisions.map(each => each.rank)).toEqual(decisions.map((_, index) => index + 1))
  for (const decision of decisions) {
    const runtime = runtimes.find(each => each.id === decision.runtime)
    expect(decision.memory.fits).toBe(true)
    for (const must of need.must) expect(runtime?.facts.fulfils[must]).toBeDefined()
    expect(decision.reasons.length).toBeGreaterThan(0)
    everythingHasItsEvidence(decision)
    acceptedByItsEngine(decision)
    for (const { totalMiB, weightsMiB, kvMiB, computeMiB, overheadMiB, othersMiB, freeMiB, projectorMiB = 0 } of decision.memory.devices)
      expect(weightsMiB + kvMiB + computeMiB + overheadMiB + othersMiB + freeMiB + projectorMiB).toBeCloseTo(totalMiB, 0.3)
    expect(decision.engineTest).toBe(false)
    for (const change of decision.changesIf) expect(change.runtime).not.toBe(decision.runtime)
  }
  const named = new Set([...decisions.map(each => each.runtime), ...rejected.map(each => each.runtime)])
  expect(named.size).toBe(runtimes.length)
  for (const { why } of rejected) expect(why.length).toBeGreaterThan(10)
}

/** Flags that each program takes, from its documentation; a command with another one would not start. */
const takes: Readonly<Record<string, readonly string[]>> = z
  .object({ programs: z.record(z.string(), z.array(z.string())) })
  .parse(readJson('test', 'fixtures', 'known-flags.json')).programs

function everythingHasItsEvidence({ reasons, warnings, givesUp, grounds = {} }: Decision) {
  for (const reason of reasons) expect(reason.evidence.length).toBeGreaterThan(0)
  for (const text of [...warnings, ...givesUp]) expect(grounds[text]?.length ?? 0, text).toBeGreaterThan(0)
}

function acceptedByItsEngine({ runtime, command, draft }: Decision) {
  for (const words of [command, ...(draft ? [draft.command] : [])]) {
    expect(words.length, runtime).toBeGreaterThan(0)
    for (const word of words) expect(word.trim()).toBe(word)
    const flags = words.filter(word => /^-{1,2}[a-zA-Z]/.test(word)).map(word => word.split('=')[0] ?? '')
    for (const flag of flags) expect(takes[runtime] ?? [], `${runtime}: ${words.join(' ')}`).toContain(flag)
    // A draft that is only named is loaded and not used.
    if (words.some(word => /^(-md|--spec-draft-hf|--spec-draft-model)$/.test(word))) expect(words).toContain('--spec-type')
  }
}

describe('better hardware', () => {
  const qualityOf = (machine: Machine, need: object = {}) => {
    const [first] = recommend(inputFor(machine, { ...need, must: ['exact-quant', 'layer-split'] })).decisions
    return first
  }

  test('a faster card is never slower with the same model', () => {
    const named = { model: 'Qwen/Qwen3-8B:Q4_K_M' }
    const rates = [200, 400, 800, 1600].map(
      bandwidthGBps => qualityOf(machineOf({ gpus: [gpuOf({ bandwidthGBps })] }), named)?.speed.oneUser?.mid ?? 0,
    )
    expect([...rates].sort((a, b) => a - b)).toEqual(rates)
    expect(rates[0]).toBeGreaterThan(0)
  })

  test('more VRAM never puts fewer layers on the card', () => {
    const named = { model: '70B' }
    const layers = [8, 16, 24, 48, 80].map(gib => {
      const gpu = gpuOf({ vramMiB: gib * 1024, vramFreeMiB: gib * 1024 - 300 })
      const decision = qualityOf(machineOf({ memory: { totalMiB: 131_072, availableMiB: 120_000 }, gpus: [gpu] }), named)
      return (decision?.memory.gpuLayers ?? 0) / (decision?.memory.layers ?? 1)
    })
    expect([...layers].sort((a, b) => a - b)).toEqual(layers)
    expect(layers.at(-1)).toBe(1)
  })

  test('more memory never leaves fewer engines with something to run', () => {
    const counts = [2, 4, 8, 16, 64].map(gib => {
      const machine = machineOf({ memory: { totalMiB: gib * 1024, availableMiB: gib * 900 } })
      return new Set(recommend(inputFor(machine, {})).decisions.map(each => each.runtime)).size
    })
    expect([...counts].sort((a, b) => a - b)).toEqual(counts)
  })
})
