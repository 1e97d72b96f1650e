import type { Gpu } from '../../contract/machine'
import { namesIn, wordsOf } from './gpu-table'
import type { GpuSighting, SightingField } from './hardware.types'

/** What one tool listed, in the tool's order. */
export type GpuList = { tool: string; gpus: readonly GpuSighting[] }

/** One GPU with everything that the tools said of it, and which of them said each thing. */
export type MergedGpu = { seen: GpuSighting; from: Partial<Record<SightingField, string>> }

/** The order in which GPUs are numbered: those that runtimes use best come first. */
const vendorOrder: readonly Gpu['vendor'][] = ['nvidia', 'amd', 'apple', 'huawei', 'intel', 'other']

/** Windows keeps the registry's keys of adapters that were taken out, so it tells of memory, not of what is there. */
const remembers = 'reg query qwMemorySize'
/** Tools that list every adapter of a Windows machine. */
const inventories = new Set(['Get-CimInstance', 'dxdiag'])

/**
 * One list of GPUs from what all tools listed. Per vendor the tool that lists most is the base, the first in rank among
 * equals; what others say is laid onto it by bus id, else by device, name and order. A list that shares no bus id with the
 * base and has another length is of another machine or moment, and is left out.
 */
export function mergeGpus(lists: readonly GpuList[]): MergedGpu[] {
  const isInventoried = lists.some(list => inventories.has(list.tool) && list.gpus.length > 0)
  return vendorOrder.flatMap(vendor => {
    const own = lists
      .map(({ tool, gpus }) => ({ tool, gpus: gpus.filter(gpu => gpu.vendor === vendor) }))
      .filter(list => list.gpus.length > 0)
    const present = own.filter(list => list.tool !== remembers)
    const base = [...(present.length > 0 || isInventoried ? present : own)].sort((a, b) => b.gpus.length - a.gpus.length)[0]
    if (!base) return []
    const merged = base.gpus.map(gpu => lay({ seen: { vendor }, from: {} }, gpu, base.tool))
    for (const list of own) if (list !== base) layList(merged, list)
    inheritFromTwins(merged)
    return merged.sort((a, b) => Number(a.seen.integrated ?? false) - Number(b.seen.integrated ?? false))
  })
}

function layList(merged: MergedGpu[], list: GpuList) {
  const left = new Map<number, MergedGpu>(merged.entries())
  const take = (wanted: (gpu: MergedGpu) => boolean, sighting: GpuSighting): boolean => {
    const found = [...left].find(([, gpu]) => wanted(gpu))
    if (!found) return false
    left.delete(found[0])
    lay(found[1], isElsewhere(found[1].seen, sighting) ? withoutMoment(sighting) : sighting, list.tool)
    return true
  }
  const unplaced = list.gpus.filter(sighting => !take(gpu => !!sighting.busId && gpu.seen.busId === sighting.busId, sighting))
  const sharesBusIds = unplaced.length < list.gpus.length
  const sameLength = list.gpus.length === merged.length
  for (const sighting of unplaced) {
    const mayDiffer = !sharesBusIds && sameLength
    const placed = take(gpu => (mayDiffer || !gpu.seen.busId || !sighting.busId) && couldBe(gpu.seen, sighting), sighting)
    if (!placed && sharesBusIds && sighting.busId) merged.push(lay({ seen: { vendor: sighting.vendor }, from: {} }, sighting, list.tool))
  }
}

const isElsewhere = (a: GpuSighting, b: GpuSighting) => !!a.busId && !!b.busId && a.busId !== b.busId

/** Of a card of the same model in another place only what does not change with place and time. */
const withoutMoment = (sighting: GpuSighting): GpuSighting => ({
  ...sighting,
  vramFreeMiB: null,
  vramUsedMiB: null,
  vramUsedShare: null,
  driver: null,
  cudaVersion: null,
  heldBy: null,
  drivesDisplay: null,
  pcie: null,
})

/** Whether two sightings can be of one card as far as both tell. */
function couldBe(a: GpuSighting, b: GpuSighting): boolean {
  if (a.pciId && b.pciId && a.pciId !== b.pciId) return false
  if (typeof a.integrated === 'boolean' && typeof b.integrated === 'boolean' && a.integrated !== b.integrated) return false
  return !a.name || !b.name || (!!a.pciId && a.pciId === b.pciId) || namesAgree(a, b)
}

/** Model numbers in common; a name without any number (`Renoir`, `Radeon Graphics`) contradicts none. */
function namesAgree(a: GpuSighting, b: GpuSighting): boolean {
  const [left, right] = [a, b].map(
    each =>
      new Set(
        namesIn(each.name ?? '')
          .flatMap(wordsOf)
          .filter(word => /\d/.test(word)),
      ),
  )
  if (!left || !right || left.size === 0 || right.size === 0) return true
  return [...left].some(word => right.has(word))
}

/** The first word on a field stands, except that a better name replaces a poorer one. */
function lay(gpu: MergedGpu, sighting: GpuSighting, tool: string): MergedGpu {
  const { vendor, ...fields } = gpu.seen
  const next: Record<string, unknown> = { ...fields }
  for (const [key, value] of Object.entries(sighting)) {
    if (value === null || value === undefined || key === 'vendor' || key === 'nameIsCut') continue
    const known = next[key]
    const better = key === 'name' && nameWorth(sighting) > nameWorth(gpu.seen)
    if (key === 'migInstances') next[key] = joinMig(gpu.seen.migInstances ?? [], sighting.migInstances ?? [])
    else if (known === undefined || better) next[key] = value
    else continue
    if (key === 'name') next['nameIsCut'] = sighting.nameIsCut ?? false
    gpu.from[key as SightingField] = tool
  }
  gpu.seen = { vendor, ...next }
  return gpu
}

function nameWorth(sighting: GpuSighting): number {
  const name = sighting.name
  if (!name) return -1
  if (/\bDevice [0-9a-f]{4}\b|\(nvgpu\)|^Graphics Device$/.test(name)) return 0
  return (sighting.nameIsCut ? 0 : 4) + (/\d/.test(name) ? 2 : 0) + (/\//.test(name) ? 0 : 1)
}

/** One tool knows the profiles, another the memory; both list the devices in the same order. */
function joinMig(known: Gpu['migInstances'], added: Gpu['migInstances']): Gpu['migInstances'] {
  if (known.length === 0) return added
  if (known.length !== added.length) return known
  return known.map((device, index) => {
    const other = added[index]
    const isNamed = !device.profile.startsWith('MIG device')
    return {
      profile: isNamed ? device.profile : (other?.profile ?? device.profile),
      memoryMiB: device.memoryMiB ?? other?.memoryMiB ?? null,
    }
  })
}

/** Cards of one model differ in nothing but place and load: what one tool says of one of them holds for its twins. */
function inheritFromTwins(merged: readonly MergedGpu[]) {
  const shared = ['vramMiB', 'driver', 'cudaVersion', 'computeCapability', 'rocmTarget', 'architecture', 'pciId', 'vulkan'] as const
  for (const gpu of merged) {
    for (const twin of merged) {
      if (twin === gpu || !gpu.seen.name || twin.seen.name !== gpu.seen.name) continue
      for (const field of shared) {
        const value = twin.seen[field]
        if (value === null || value === undefined || gpu.seen[field] !== undefined) continue
        gpu.seen = { ...gpu.seen, [field]: value }
        gpu.from[field] = `${twin.from[field] ?? 'a tool'}, of a card of the same model`
      }
    }
  }
}
