import type { GroupFactors, SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import type { Residual } from './fit'

/** Devices a group needs to speak for itself; fewer are judged with their whole backend. */
const ownDevices = 4
/** Devices from which on the residuals alone are believed. */
const manyDevices = 12
/** As many devices the usual spread of all groups counts for. */
const usualCounts = 3
/** Share of the residuals outside on either side, and how much a single device more would tell: chosen for 80 % with the device left out. */
const tail = 0.08
const widening = 3
/** No range is tighter than this, as a logarithm: runs on one and the same device differ by as much. */
const leastSpread = 0.08

/**
 * Bounds that hold 80 % of what was measured on a device that the fit has not seen: quantiles of the residuals, each device
 * weighing the root of its runs, and wider the fewer devices stand for all. Few devices that agree by chance say nothing of the
 * next one: below `manyDevices` no bound is tighter than Student's prediction interval for one device more, its variance drawn
 * to the one that is usual in all groups as if so many more devices had shown that.
 */
export function withRanges(factors: SpeedFactors, residuals: readonly Residual[]): SpeedFactors {
  const names = Object.keys(factors.groups)
  const usual = usualVariance(names.map(name => residuals.filter(each => each.group === name)))
  const groups = Object.entries(factors.groups).map(([name, group]): [string, GroupFactors] => {
    const exact = residuals.filter(each => each.group === name)
    const own = devicesOf(exact) >= ownDevices ? exact : residuals.filter(each => each.backend === name.split('.')[0])
    if (devicesOf(own) < 2) return [name, group]
    const wider = 1 + widening / Math.max(1, devicesOf(exact))
    const at = (share: number) => weightedQuantile(own, share) * wider
    const next = devicesOf(own) < manyDevices ? nextDevice(own, usual) : { low: 0, high: 0 }
    const low = Math.exp(Math.max(-1, Math.min(-leastSpread, at(tail), next.low)))
    const high = Math.exp(Math.min(0.8, Math.max(leastSpread, at(1 - tail), next.high)))
    return [name, { ...group, low, high }]
  })
  return { ...factors, groups: Object.fromEntries(groups) }
}

const devicesOf = (residuals: readonly Residual[]) => new Set(residuals.map(each => each.deviceKey)).size

type Weighed = { log: number; weight: number }

/** Logarithms of measured over predicted, each device weighing the root of its runs. */
function weighed(residuals: readonly Residual[]): Weighed[] {
  const counts = new Map<string, number>()
  for (const { deviceKey } of residuals) counts.set(deviceKey, (counts.get(deviceKey) ?? 0) + 1)
  return residuals.map(each => ({ log: Math.log(each.ratio), weight: 1 / Math.sqrt(counts.get(each.deviceKey) ?? 1) }))
}

const meanOf = (list: readonly Weighed[], of: (each: Weighed) => number) =>
  list.reduce((sum, each) => sum + each.weight * of(each), 0) / list.reduce((sum, each) => sum + each.weight, 0)

/** Mean and variance of the logarithms over devices. */
function spreadOf(residuals: readonly Residual[]): { mean: number; variance: number; devices: number } {
  const list = weighed(residuals)
  const devices = devicesOf(residuals)
  const mean = meanOf(list, each => each.log)
  return { mean, variance: (meanOf(list, each => (each.log - mean) ** 2) * devices) / Math.max(1, devices - 1), devices }
}

/** The median variance of the groups that several devices speak for. */
function usualVariance(groups: readonly (readonly Residual[])[]): number {
  const variances = groups
    .filter(each => devicesOf(each) >= ownDevices)
    .map(each => spreadOf(each).variance)
    .sort((a, b) => a - b)
  return variances[Math.floor(variances.length / 2)] ?? 0
}

/** Bounds, as logarithms, that hold one device more four times of five. */
function nextDevice(residuals: readonly Residual[], usual: number): { low: number; high: number } {
  const { mean, variance, devices } = spreadOf(residuals)
  const freedom = devices - 1 + usualCounts
  const drawn = ((devices - 1) * variance + usualCounts * usual) / freedom
  const reach = studentsTenth(freedom) * Math.sqrt(drawn * (1 + 1 / devices))
  return { low: mean - reach, high: mean + reach }
}

/** What a tenth of Student's distribution exceeds (Cornish and Fisher's expansion from the normal one; within 0.02 from 3 on). */
function studentsTenth(freedom: number): number {
  const z = 1.2816
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
}

/** Logarithm of measured over predicted that a share of the runs stays below. */
function weightedQuantile(residuals: readonly Residual[], share: number): number {
  const list = weighed(residuals).sort((a, b) => a.log - b.log)
  const total = list.reduce((sum, each) => sum + each.weight, 0)
  let passed = 0
  for (const { log, weight } of list) {
    passed += weight
    if (passed >= share * total) return log
  }
  return 0
}
