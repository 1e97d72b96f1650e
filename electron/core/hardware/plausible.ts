import type { GpuSighting } from './hardware.types'

/**
 * The least and the most that a figure can be of any machine there is; what lies outside was damaged on the way, by a cut
 * paste or a tool that is unwell. Memory in MiB: 4 TiB on a card, 64 TiB in a machine (HPE Superdome Flex has 48).
 */
const bounds: Readonly<Record<string, readonly [least: number, most: number]>> = {
  vramMiB: [1, 2 ** 22],
  vramFreeMiB: [0, 2 ** 22],
  vramUsedMiB: [0, 2 ** 22],
  vramUsedShare: [0, 1],
  sharedMiB: [1, 2 ** 26],
  gpuCores: [1, 10_000],
  nvlinks: [0, 256],
  powerLimitW: [1, 10_000],
  powerMaxW: [1, 10_000],
  totalMiB: [1, 2 ** 26],
  availableMiB: [0, 2 ** 26],
  availableNearMiB: [0, 2 ** 26],
  cgroupLimitMiB: [1, 2 ** 26],
  cgroupUsedMiB: [0, 2 ** 26],
  wiredLimitMiB: [0, 2 ** 26],
  channels: [1, 64],
  speedMTps: [100, 80_000],
  widthBits: [8, 2 ** 15],
  measuredGBps: [0.1, 20_000],
  physicalCores: [1, 8192],
  logicalCores: [1, 8192],
  performanceCores: [1, 8192],
  efficiencyCores: [0, 8192],
  sockets: [1, 512],
  numaNodes: [1, 1024],
  limitCores: [0.01, 8192],
}

/** Whether a fact of this name can have this value; text and what has no bounds always can. */
export function isPlausible(key: string, value: unknown): boolean {
  if (typeof value !== 'number') return true
  const [least, most] = bounds[key] ?? [0, Number.MAX_SAFE_INTEGER]
  return value >= least && value <= most
}

/** The sighting without figures that no GPU can have. */
export function plausibleGpu(sighting: GpuSighting): GpuSighting {
  const kept = Object.entries(sighting).filter(([key, value]) => key === 'vendor' || isPlausible(key, value))
  const { migInstances } = sighting
  const mig = migInstances?.map(each => (isPlausible('vramMiB', each.memoryMiB) ? each : { ...each, memoryMiB: null }))
  return { vendor: sighting.vendor, ...Object.fromEntries(kept), ...(mig ? { migInstances: mig } : {}) }
}
