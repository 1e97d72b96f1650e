import type { GroupFactors, SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { decodeRate, worksOf } from '../../../electron/core/recommend/speed-model'
import { stepTime, type Work } from '../../../electron/core/recommend/speed-work'
import type { Case } from './predict'
import { priors } from './priors'

type Field = Exclude<keyof GroupFactors, 'low' | 'high' | 'kneeGBps'>
/** One number to fit: a multiplier on a field of some groups. `rows` = how many rows' weight the prior has. */
type Knob = { groups: readonly string[]; field: Field; rows: number }

const cuda = ['cuda', 'cuda.turing', 'cuda.early', 'cuda.stacked']
const metal = ['metal', 'metal.first']
const rocm = ['rocm', 'rocm.stacked']
const vulkan = ['vulkan', 'vulkan.apple', 'vulkan.intel', 'vulkan.stacked']

/** What is fitted, few numbers for each backend; what is not listed stays as argued in priors.ts. */
export const knobs: Readonly<Record<string, readonly Knob[]>> = {
  cuda: [
    { groups: cuda, field: 'efficiency', rows: 4 },
    { groups: ['cuda.turing'], field: 'efficiency', rows: 4 },
    { groups: ['cuda.early'], field: 'efficiency', rows: 4 },
    { groups: cuda, field: 'bytesPerOp', rows: 4 },
    { groups: cuda, field: 'layerMicroseconds', rows: 4 },
    { groups: cuda, field: 'mixtureLayers', rows: 2 },
    { groups: cuda, field: 'recurrentLayers', rows: 2 },
    { groups: cuda, field: 'early', rows: 4 },
    { groups: cuda, field: 'kQuants', rows: 4 },
    { groups: cuda, field: 'cache', rows: 4 },
    { groups: cuda, field: 'cachePlain', rows: 4 },
    { groups: cuda, field: 'crossMicroseconds', rows: 4 },
  ],
  metal: [
    { groups: metal, field: 'efficiency', rows: 3 },
    { groups: ['metal.first'], field: 'efficiency', rows: 3 },
    { groups: metal, field: 'layerMicroseconds', rows: 3 },
    { groups: metal, field: 'opsPerWeight', rows: 3 },
    { groups: ['metal.first'], field: 'opsPerWeight', rows: 3 },
    { groups: metal, field: 'beyond', rows: 3 },
    { groups: metal, field: 'cachePlain', rows: 3 },
  ],
  rocm: [
    { groups: rocm, field: 'efficiency', rows: 2 },
    { groups: rocm, field: 'layerMicroseconds', rows: 4 },
    { groups: rocm, field: 'cache', rows: 4 },
  ],
  vulkan: [
    { groups: vulkan, field: 'efficiency', rows: 4 },
    { groups: ['vulkan.apple'], field: 'efficiency', rows: 2 },
    { groups: ['vulkan.intel'], field: 'efficiency', rows: 2 },
    { groups: vulkan, field: 'layerMicroseconds', rows: 4 },
    { groups: vulkan, field: 'mixtureLayers', rows: 2 },
    { groups: vulkan, field: 'recurrentLayers', rows: 2 },
    { groups: vulkan, field: 'early', rows: 4 },
    { groups: vulkan, field: 'kQuants', rows: 4 },
    { groups: vulkan, field: 'cache', rows: 4 },
  ],
}

export type Sample = { each: Case; works: readonly Work[]; tensorParallel: number; speedFactor: number }

/** Cases a fit can learn from: one stream, bandwidth known. */
export function samplesOf(cases: readonly Case[]): Sample[] {
  return cases.flatMap(each => {
    if (!each.input || each.stratum === 'batched') return []
    const speedFactor = each.input.facts.speedFactor[each.input.backend] ?? 0.9
    const { works } = worksOf({ ...each.input, speedFactor })
    return works ? [{ each, works, tensorParallel: each.input.placement.tensorParallel, speedFactor }] : []
  })
}

const logError = ({ each, works, tensorParallel, speedFactor }: Sample, factors: SpeedFactors) =>
  Math.log(speedFactor / stepTime(works, tensorParallel, factors).seconds / each.row.decode)

/**
 * Least absolute deviation of the logarithm, each knob held to its prior by a square of the weight of a few rows, found by
 * pattern search. Devices count by the root of their rows, so that no much-measured one decides alone.
 */
export function fit(samples: readonly Sample[], batched: readonly Case[] = []): SpeedFactors {
  let factors = priors
  for (const backend of Object.keys(knobs)) {
    const own = samples.filter(({ each }) => each.backend === backend)
    if (own.length > 0) factors = fitBackend(own, factors, knobs[backend] ?? [])
  }
  return { ...factors, routing: routingOf(batched, factors) }
}

/** How firmly the exponent is held to the argued one: one device tells of it so far. */
const routingHold = 40

/** The exponent of shared routing that explains batched runs of mixtures best; the argued one without any. */
function routingOf(batched: readonly Case[], factors: SpeedFactors): number {
  const inputs = batched.flatMap(({ input, row }) => (input?.model.shape.experts ? [{ input, row }] : []))
  const tried = Array.from({ length: 26 }, (_, index) => 1 - index * 0.02)
  const misfit = (routing: number) =>
    inputs.reduce(
      (sum, { input, row }) => {
        const streams = row.concurrency
        const rate = decodeRate({ ...input, speedFactor: 1, streams, factors: { ...factors, routing } }).tokensPerSecond
        return sum + (rate === null ? 0 : Math.abs(Math.log(rate / row.decode)))
      },
      routingHold * (routing - priors.routing) ** 2,
    )
  return tried.reduce((best, routing) => (misfit(routing) < misfit(best) - 1e-9 ? routing : best), priors.routing)
}

function fitBackend(samples: readonly Sample[], base: SpeedFactors, list: readonly Knob[]): SpeedFactors {
  const counts = new Map<string, number>()
  for (const { each } of samples) counts.set(each.deviceKey, (counts.get(each.deviceKey) ?? 0) + 1)
  const weights = samples.map(({ each }) => 1 / Math.sqrt(counts.get(each.deviceKey) ?? 1))
  const loss = (logs: readonly number[]) => {
    const factors = turned(base, list, logs)
    const misfit = samples.reduce((sum, sample, index) => sum + (weights[index] ?? 1) * Math.abs(logError(sample, factors)), 0)
    return misfit + logs.reduce((sum, log, index) => sum + (list[index]?.rows ?? 0) * log ** 2, 0)
  }
  let best = list.map(() => 0)
  let least = loss(best)
  for (let step = 0.2; step > 0.004; step /= 2) {
    for (let moved = true; moved;) {
      moved = false
      for (const index of list.keys()) {
        for (const change of [step, -step]) {
          const tried = best.map((log, at) => (at === index ? log + change : log))
          const found = loss(tried)
          if (found < least - 1e-9) [best, least, moved] = [tried, found, true]
        }
      }
    }
  }
  return turned(base, list, best)
}

function turned(base: SpeedFactors, list: readonly Knob[], logs: readonly number[]): SpeedFactors {
  const groups: Record<string, GroupFactors> = { ...base.groups }
  for (const [index, { groups: names, field }] of list.entries()) {
    for (const name of names) {
      const group = groups[name]
      if (group) groups[name] = { ...group, [field]: group[field] * Math.exp(logs[index] ?? 0) }
    }
  }
  return { ...base, groups }
}

export type Residual = { each: Case; deviceKey: string; backend: string; group: string; ratio: number }

/** Measured over predicted, each row by factors fitted without what `keyOf` names: its device, or its model. */
export function residualsWithout(samples: readonly Sample[], keyOf: (sample: Sample) => string): Residual[] {
  const keys = [...new Set(samples.map(keyOf))]
  return keys.flatMap(key => {
    const left = samples.filter(sample => keyOf(sample) === key)
    const backends = new Set(left.map(({ each }) => each.backend))
    const factors = fit(samples.filter(sample => keyOf(sample) !== key && backends.has(sample.each.backend)))
    return left.map(sample => ({
      ...{ each: sample.each, deviceKey: sample.each.deviceKey, backend: sample.each.backend, group: sample.works[0]?.group ?? '' },
      ratio: Math.exp(-logError(sample, factors)),
    }))
  })
}
