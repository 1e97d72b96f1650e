import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../electron/contract/decision'
import { needSchema, tasks, type Need } from '../../../electron/contract/need'
import type { Gpu, Machine } from '../../../electron/contract/machine'
import { optionsOf } from '../../../electron/core/recommend/options'
import { rank } from '../../../electron/core/recommend/rank'
import { recommend } from '../../../electron/core/recommend/recommend'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

/**
 * Better hardware never makes a decision worse. Worse: what can be had at best (quality for the task less what slowness,
 * waiting and a cut context cost, over all engines) falls; an engine that had something to run has nothing any more; or the
 * first decision has both a worse model and a slower answer.
 */
type Step = { name: string; from: Machine; to: Machine }

const gigabytes = fc.constantFrom(6, 8, 11, 12, 16, 20, 24, 32, 48, 80, 96)
const bandwidths = fc.constantFrom(192, 288, 360, 448, 672, 936, 1008, 1792, 3350)
const memories = fc.constantFrom(8, 16, 32, 64, 96, 128, 256)

const card = (gib: number, bandwidthGBps: number, id = 'gpu0'): Gpu =>
  gpuOf({ id, vramMiB: gib * 1024, vramFreeMiB: gib * 1024 - 300, bandwidthGBps, fp16Tflops: bandwidthGBps / 12 })
const withMemory = (gib: number) => ({ totalMiB: gib * 1024, availableMiB: gib * 1024 * 0.85, bandwidthGBps: 60 })

const steps: fc.Arbitrary<Step> = fc
  .record({
    gib: gigabytes,
    more: gigabytes,
    GBps: bandwidths,
    faster: bandwidths,
    ram: memories,
    moreRam: memories,
    kind: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ gib, more, GBps, faster, ram, moreRam, kind }) => {
    const [small, large] = [Math.min(gib, more), Math.max(gib, more)]
    const [slow, fast] = [Math.min(GBps, faster), Math.max(GBps, faster)]
    const [little, much] = [Math.min(ram, moreRam), Math.max(ram, moreRam)]
    const machine = (gpus: Gpu[], memory: number = ram) => machineOf({ gpus, memory: withMemory(memory) })
    switch (kind) {
      case 0:
        return { name: 'more VRAM', from: machine([card(small, GBps)]), to: machine([card(large, GBps)]) }
      case 1:
        return { name: 'more bandwidth', from: machine([card(gib, slow)]), to: machine([card(gib, fast)]) }
      case 2:
        return { name: 'more RAM', from: machine([card(gib, GBps)], little), to: machine([card(gib, GBps)], much) }
      case 3:
        return { name: 'a second card', from: machine([card(gib, GBps)]), to: machine([card(gib, GBps), card(gib, GBps, 'gpu1')]) }
      default:
        return { name: 'a card at all', from: machine([]), to: machine([card(gib, GBps)]) }
    }
  })

const needs: fc.Arbitrary<Need> = fc
  .record({
    users: fc.constantFrom(1, 1, 2, 4, 8, 20),
    task: fc.constantFrom(...tasks),
    contextTokens: fc.constantFrom(null, null, 8192, 32_768),
  })
  .map(need => needSchema.parse(need))

function reached(machine: Machine, need: Need) {
  const input = inputFor(machine, need)
  const { candidates } = rank(input, optionsOf(input))
  const [first] = recommend(input).decisions
  return { best: Math.max(-1000, ...candidates.map(each => each.choice.utility)), engines: candidates.map(each => each.runtime.id), first }
}

const speedOf = (decision: Decision | undefined) => decision?.speed.users?.mid ?? decision?.speed.oneUser?.mid ?? 0
const qualityOf = (decision: Decision | undefined) => decision?.quality?.points ?? 0

describe('better hardware', () => {
  test('never makes a decision worse', () => {
    fc.assert(
      fc.property(steps, needs, ({ name, from, to }, need) => {
        const before = reached(from, need)
        const after = reached(to, need)
        expect(after.best, name).toBeGreaterThanOrEqual(before.best - 1)
        // With a first card some engines move to it, and no longer hold what main memory held.
        if (name !== 'a card at all') for (const engine of before.engines) expect(after.engines, name).toContain(engine)
        const worse = qualityOf(after.first) < qualityOf(before.first) - 1 && speedOf(after.first) < speedOf(before.first) * 0.98
        expect(worse ? `${name}: ${before.first?.headline ?? ''} -> ${after.first?.headline ?? ''}` : '').toBe('')
      }),
      { numRuns: 100, seed: 20_261_122 },
    )
  }, 60_000)
})
