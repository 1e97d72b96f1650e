import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../electron/contract/decision'
import { needSchema, tasks, type Need } from '../../../electron/contract/need'
import type { Gpu, Machine } from '../../../electron/contract/machine'
import { decide } from '../../../electron/core/recommend/decide'
import { optionsOf } from '../../../electron/core/recommend/options'
import { rank } from '../../../electron/core/recommend/rank'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

/**
 * Better hardware never makes a decision worse. Worse: what can be had at best (quality for the task less what slowness,
 * waiting and a cut context cost, over all engines) falls; an engine that had something to run has nothing any more; or the
 * first decision loses in quality for the task, speed, first token, context, its cache's precision and room, slots or cards left free and wins in none of them. An
 * engine that a rule puts first for what it alone can do (adapters) may bring a lesser model: the last clause leaves those needs out.
 */
type Hardware = {
  kind: 'nvidia' | 'amd' | 'apple'
  cards: number
  gib: number
  GBps: number
  ramGib: number
  cores: number
  driver: string
}
type Step = { name: string; from: Machine; to: Machine }

const gigabytes = [6, 8, 11, 12, 16, 20, 24, 32, 48, 80, 96, 141]
const bandwidths = [192, 288, 360, 448, 672, 936, 1008, 1792, 3350]
const memories = [8, 16, 32, 64, 96, 128, 256, 512]
const drivers = ['525.60', '550.54', '580.65']

const hardware: fc.Arbitrary<Hardware> = fc.record({
  kind: fc.constantFrom('nvidia', 'nvidia', 'amd', 'apple'),
  cards: fc.constantFrom(0, 1, 1, 2, 3, 4),
  gib: fc.constantFrom(...gigabytes),
  GBps: fc.constantFrom(...bandwidths),
  ramGib: fc.constantFrom(...memories),
  cores: fc.constantFrom(2, 4, 8, 16, 64),
  driver: fc.constantFrom(...drivers),
})

function machineFrom({ kind, cards, gib, GBps, ramGib, cores, driver }: Hardware): Machine {
  const memory = { totalMiB: ramGib * 1024, availableMiB: ramGib * 1024 * 0.85, bandwidthGBps: kind === 'apple' ? GBps / 4 : 60 }
  const common = { bandwidthGBps: GBps, fp16Tflops: GBps / 12 }
  const dedicated = { ...common, vramMiB: gib * 1024, vramFreeMiB: gib * 1024 - 300 }
  const card = (index: number): Gpu => {
    if (kind === 'nvidia') return gpuOf({ ...dedicated, id: `gpu${index}`, driver })
    return gpuOf({ ...dedicated, id: `gpu${index}`, vendor: 'amd', name: 'Test Radeon', rocmTarget: 'gfx1100', computeCapability: null })
  }
  const cpu = { physicalCores: cores, logicalCores: cores * 2 }
  if (kind !== 'apple') return machineOf({ cpu, memory, gpus: Array.from({ length: cards }, (_, index) => card(index)) })
  const chip = gpuOf({ ...{ vendor: 'apple', name: 'Apple M4', memoryKind: 'unified', integrated: true }, ...noDriver, ...common })
  const os = { platform: 'darwin' as const, arch: 'arm64' as const, version: '26.1', libc: null }
  return machineOf({ os, cpu: { ...cpu, isa: ['NEON'] }, memory, gpus: [{ ...chip, bandwidthGBps: GBps / 4 }] })
}

const noDriver = { driver: null, cudaVersion: null, computeCapability: null, vramMiB: null, vramFreeMiB: null, vulkan: null }

const next = <Item>(all: readonly Item[], value: Item): Item => all[Math.min(all.length - 1, all.indexOf(value) + 1)] ?? value

/** One thing better; the rest as it was. */
const improvements: Readonly<Record<string, (from: Hardware) => Hardware>> = {
  'more VRAM': from => ({ ...from, gib: next(gigabytes, from.gib) }),
  'more bandwidth': from => ({ ...from, GBps: next(bandwidths, from.GBps) }),
  'more memory': from => ({ ...from, ramGib: next(memories, from.ramGib) }),
  'one more card': from => ({ ...from, cards: from.cards + 1 }),
  'twice the cards': from => ({ ...from, cards: from.cards * 2 }),
  'a newer driver': from => ({ ...from, driver: next(drivers, from.driver) }),
  'more cores': from => ({ ...from, cores: from.cores * 2 }),
}

const steps: fc.Arbitrary<Step> = fc
  .record({ from: hardware, name: fc.constantFrom(...Object.keys(improvements)) })
  .map(({ from, name }) => {
    const to = improvements[name]?.(from) ?? from
    return { name: from.cards === 0 && to.cards > 0 ? 'a card at all' : name, from: machineFrom(from), to: machineFrom(to) }
  })

const needs: fc.Arbitrary<Need> = fc
  .record({
    users: fc.constantFrom(1, 1, 2, 4, 8, 12, 20, 100),
    task: fc.constantFrom(...tasks),
    contextTokens: fc.constantFrom(null, null, 8192, 32_768),
    experience: fc.constantFrom('first-time', 'comfortable', 'operator'),
  })
  .map(need => needSchema.parse(need))

function reached(machine: Machine, need: Need) {
  const input = inputFor(machine, need)
  const pool = optionsOf(input)
  const { candidates, contenders } = rank(input, pool)
  const [first] = candidates
  return {
    best: Math.max(-2000, ...candidates.map(each => each.choice.utility)),
    engines: candidates.map(each => each.runtime.id),
    first: first ? { ...decide({ input, contenders, options: pool.all }, first), worth: first.choice.quality } : null,
  }
}

/** What comes sooner is not felt as sooner. */
const atOnceMs = 200

/** Each figure of a decision so that more is better, and the difference that counts. */
type First = Decision & { worth: number }
const figuresOf = ({ worth, speed, contextTokens, slots, memory, kvQuantisation, warnings }: First, rates: number) => [
  // Whole on the GPU or whole in main memory: layers of both are in the way of other programs and less certain.
  { value: memory.gpuLayers === 0 || memory.gpuLayers === memory.layers ? 1 : 0, noticed: 0 },
  { value: worth, noticed: 0.1 },
  { value: -memory.devices.filter(each => each.id !== 'ram').length, noticed: 0 },
  { value: kvQuantisation === undefined ? 1 : 0, noticed: 0 },
  // Every conversation has its whole context, or some wait when many are long.
  { value: warnings.some(each => each.startsWith('The cache holds')) ? 0 : 1, noticed: 0 },
  { value: Math.log2(speed.users?.mid ?? speed.oneUser?.mid ?? 1), noticed: rates },
  { value: -Math.log2(Math.max(atOnceMs, speed.ttftMs?.mid ?? 0)), noticed: rates },
  { value: Math.log2(contextTokens), noticed: 0 },
  { value: Math.log2(slots), noticed: 0 },
]

/** Powers of two. Engines differ by less than a seventh in rates, which is within what is known of them: rules choose among them. */
const sameEngineNoticed = 0.05
const otherEngineNoticed = 0.2

function onlyWorse(before: First, after: First): boolean {
  const rates = before.runtime === after.runtime ? sameEngineNoticed : otherEngineNoticed
  const [one, other] = [figuresOf(before, rates), figuresOf(after, rates)]
  const differences = one.map(({ value, noticed }, index) => {
    const difference = (other[index]?.value ?? 0) - value
    return Math.abs(difference) <= noticed ? 0 : difference
  })
  return differences.some(each => each < 0) && !differences.some(each => each > 0)
}

describe('better hardware', () => {
  test('never makes a decision worse', () => {
    fc.assert(
      fc.property(steps, needs, ({ name, from, to }, need) => {
        const before = reached(from, need)
        const after = reached(to, need)
        expect(after.best, name).toBeGreaterThanOrEqual(before.best - 1)
        // With a first card some engines move to it, and no longer hold what main memory held.
        if (name !== 'a card at all') for (const engine of before.engines) expect(after.engines, name).toContain(engine)
        const worse = need.task !== 'fine-tuning' && before.first && after.first && onlyWorse(before.first, after.first)
        expect(worse ? `${name}: ${before.first?.headline ?? ''} -> ${after.first?.headline ?? ''}` : '').toBe('')
      }),
      { numRuns: 300, seed: 20_261_122 },
    )
  }, 60_000)
})
