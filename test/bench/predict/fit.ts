import type { GroupFactors, SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { decodeRate, worksOf } from '../../../electron/core/recommend/speed-model'
import { stepTime, type Work } from '../../../electron/core/recommend/speed-work'
import type { Case } from './predict'
import { priors } from './priors'
import { quantile } from './score'

type Field = Exclude<keyof GroupFactors, 'low' | 'high' | 'kneeGBps'>
/** One number to fit: a multiplier on a field of some groups. `rows` = how many rows' weight the prior has. */
type Knob = { groups: readonly string[]; field: Field; rows: number }

const cuda = ['cuda', 'cuda.turing', 'cuda.early', 'cuda.stacked']
const vulkan = ['vulkan', 'vulkan.nvidia', 'vulkan.amd', 'vulkan.intel', 'vulkan.apple']

/** What is fitted, few numbers for each backend; what is not listed stays as argued in priors.ts. */
export const knobs: Readonly<Record<string, readonly Knob[]>> = {
  cuda: [
    { groups: cuda, field: 'efficiency', rows: 4 },
    { groups: ['cuda.turing'], field: 'efficiency', rows: 4 },
    { groups: ['cuda.early'], field: 'efficiency', rows: 4 },
    { groups: ['cuda.stacked'], field: 'efficiency', rows: 4 },
    { groups: ['cuda.stacked'], field: 'layerMicroseconds', rows: 4 },
    { groups: cuda, field: 'layerMicroseconds', rows: 4 },
    { groups: cuda, field: 'early', rows: 4 },
    { groups: cuda, field: 'kQuants', rows: 4 },
    { groups: cuda, field: 'cache', rows: 4 },
    { groups: cuda, field: 'cachePlain', rows: 4 },
    { groups: cuda, field: 'crossMicroseconds', rows: 4 },
  ],
  metal: [
    { groups: ['metal'], field: 'efficiency', rows: 3 },
    { groups: ['metal'], field: 'layerMicroseconds', rows: 3 },
    { groups: ['metal'], field: 'opsPerWeight', rows: 3 },
    { groups: ['metal'], field: 'beyond', rows: 3 },
    { groups: ['metal'], field: 'cachePlain', rows: 3 },
  ],
  rocm: [{ groups: ['rocm', 'rocm.stacked'], field: 'efficiency', rows: 2 }],
  vulkan: [
    { groups: vulkan, field: 'efficiency', rows: 2 },
    ...vulkan.slice(1).map((group): Knob => ({ groups: [group], field: 'efficiency', rows: 2 })),
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

/** The exponent of shared routing that explains batched runs of mixtures best; 1, which is independent, without any. */
function routingOf(batched: readonly Case[], factors: SpeedFactors): number {
  const inputs = batched.flatMap(({ input, row }) => (input?.model.shape.experts ? [{ input, row }] : []))
  const tried = Array.from({ length: 26 }, (_, index) => 1 - index * 0.02)
  const misfit = (routing: number) =>
    inputs.reduce((sum, { input, row }) => {
      const streams = row.concurrency
      const rate = decodeRate({ ...input, speedFactor: 1, streams, factors: { ...factors, routing } }).tokensPerSecond
      return sum + (rate === null ? 0 : Math.abs(Math.log(rate / row.decode)))
    }, 0)
  return tried.reduce((best, routing) => (misfit(routing) < misfit(best) - 1e-9 ? routing : best), 1)
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

export type Residual = { deviceKey: string; backend: string; group: string; ratio: number }

/** Measured over predicted, each row by factors fitted without what `keyOf` names: its device, or its model. */
export function residualsWithout(samples: readonly Sample[], keyOf: (sample: Sample) => string): Residual[] {
  const keys = [...new Set(samples.map(keyOf))]
  return keys.flatMap(key => {
    const left = samples.filter(sample => keyOf(sample) === key)
    const backends = new Set(left.map(({ each }) => each.backend))
    const factors = fit(samples.filter(sample => keyOf(sample) !== key && backends.has(sample.each.backend)))
    return left.map(sample => ({
      ...{ deviceKey: sample.each.deviceKey, backend: sample.each.backend, group: sample.works[0]?.group ?? '' },
      ratio: Math.exp(-logError(sample, factors)),
    }))
  })
}

/**
 * Bounds that hold 80 % of what was measured, from the residuals of a group or, where it has few, of its backend; widened
 * since few devices stand for all, and never tighter than 8 %, 12 % below 15 runs.
 */
export function withRanges(factors: SpeedFactors, residuals: readonly Residual[]): SpeedFactors {
  const groups = Object.entries(factors.groups).map(([name, group]) => {
    const backend = name.split('.')[0] ?? name
    const exact = residuals.filter(each => each.group === name)
    const own = (exact.length >= 15 ? exact : residuals.filter(each => each.backend === backend))
      .map(each => each.ratio)
      .sort((a, b) => a - b)
    if (own.length < 5) return [name, group] as const
    const least = own.length < 15 ? 0.12 : 0.08
    const low = Math.max(0.3, Math.min(1 - least, quantile(own, 0.06) ** 1.15))
    const high = Math.min(2, Math.max(1 + least, quantile(own, 0.94) ** 1.15))
    return [name, { ...group, low, high }] as const
  })
  return { ...factors, groups: Object.fromEntries(groups) }
}
