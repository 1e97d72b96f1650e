import type { Gpu, Machine, Origin } from '../../contract/machine'
import { findGpu, namesIn, type GpuEntry } from './gpu-table'
import type { SightingField } from './hardware.types'
import { derived, fromTable, probed, type Ledger } from './ledger'
import type { MergedGpu } from './merge-gpus'
import { gpuMemory } from './gpu-memory'
import { whyNotUsed } from './gpu-use'

export type Around = {
  os: Machine['os']
  memory: Machine['memory']
  wiredLimitMiB: number | null
  vulkanRead: boolean
  tools: ReadonlySet<string>
}

const table = 'resources/knowledge/gpus.json'

/** Compute capability of architectures and series that have only one (https://developer.nvidia.com/cuda-gpus). */
const capabilities: readonly (readonly [pattern: RegExp, capability: string])[] = [
  [/^Volta$/, '7.0'],
  [/^Turing$|\b(GTX 16|RTX 20|Quadro RTX )\d{2}/, '7.5'],
  [/\b(RTX 30\d{2}|RTX A\d{4})\b/, '8.6'],
  [/^Ada Lovelace$|\b(RTX 40\d{2})\b|Ada Generation/, '8.9'],
  [/^Hopper$/, '9.0'],
  [/\bRTX 50\d{2}\b|RTX PRO \d{4} Blackwell/, '12.0'],
  [/\bGTX 10\d{2}\b/, '6.1'],
]

/** One GPU of the machine from what the tools saw of it, the GPU table and what is around it. */
export function buildGpu({ seen, from }: MergedGpu, id: string, { around, ledger }: { around: Around; ledger: Ledger }): Gpu {
  const path = (field: string) => `gpus.${id}.${field}`
  const by = (field: SightingField): Origin => probed(from[field] ?? 'a probe')
  const pick: PickText = (field, why) => ledger.note<string>(path(field), seen[field], { origin: by(field), why })

  const entry = entryOf(seen)
  const name = nameOf(seen.name ?? null, entry, seen.vendor)
  const memory = gpuMemory({ seen, from, entry, around })
  const vramMiB = ledger.note(path('vramMiB'), memory.vramMiB, { origin: memory.vramOrigin, why: memory.why })
  const vramFreeMiB = ledger.note(path('vramFreeMiB'), memory.freeMiB, { origin: memory.freeOrigin, why: memory.whyNoFree })
  const base = {
    id,
    vendor: seen.vendor,
    name,
    memoryKind: (seen.unified ?? seen.integrated) ? ('unified' as const) : ('dedicated' as const),
    integrated: seen.integrated ?? false,
    vramMiB,
    vramFreeMiB,
    busId: pick('busId', 'The tools that saw this GPU print no bus id.'),
    driver: pick('driver', 'No tool tells the version of its driver.'),
    ...platformOf({ seen, from }, entry, { ledger, path, pick }),
    vulkan: vulkanOf({ seen, from }, around, { ledger, path }),
    migEnabled: seen.migEnabled ?? null,
    migInstances: [...(seen.migInstances ?? [])],
    ...ratesOf(entry, { ledger, path }),
  }
  ledger.origins[path('name')] =
    entry && name !== seen.name && from.name ? derived(`${from.name}, told apart by its memory with ${table}`) : by('name')
  const whyNot = whyNotUsed(seen, { ...base, tableBandwidthGBps: entry?.bandwidthGBps ?? null })
  return { ...base, usable: whyNot === null, whyNot }
}

type PickText = (field: 'driver' | 'cudaVersion' | 'rocmTarget' | 'metal' | 'busId', why: string) => string | null

/** Graphics inside a processor are never an entry that has memory of its own, whatever their name is short for. */
function entryOf({ vendor, name, vramMiB, gpuCores, integrated }: MergedGpu['seen']): GpuEntry | null {
  const entry = findGpu({ vendor, name: name ?? '', vramMiB: vramMiB ?? null, gpuCores: gpuCores ?? null })
  return integrated && entry?.vramGb ? null : entry
}

/** What the vendor's own platform needs to know: CUDA, ROCm or Metal, each null for the others without being unknown. */
function platformOf(merged: MergedGpu, entry: GpuEntry | null, { ledger, path, pick }: Noting & { pick: PickText }) {
  const none = { cudaVersion: null, computeCapability: null, rocmTarget: null, metal: null }
  switch (merged.seen.vendor) {
    case 'nvidia': {
      const cudaVersion = pick('cudaVersion', 'Neither the table nor the details of nvidia-smi were read.')
      return { ...none, cudaVersion, computeCapability: capabilityOf(merged, entry, { ledger, path }) }
    }
    case 'amd':
      return { ...none, rocmTarget: pick('rocmTarget', 'No tool of ROCm and no file of the kernel names the target.') }
    case 'apple':
      return { ...none, metal: pick('metal', 'system_profiler was not read.') }
    default:
      return none
  }
}

type Noting = { ledger: Ledger; path: (field: string) => string }

/** Alternatives in a name (`RX 7900 XT/7900 XTX`) are settled by the table's entry, when there is one. */
function nameOf(seen: string | null, entry: GpuEntry | null, vendor: Gpu['vendor']): string {
  if (!seen) return entry ? entry.name : `Unnamed ${vendor} GPU`
  if (namesIn(seen).length < 2 || !entry) return seen.replace(/^.*\[(.+)\].*$/, (_whole, inner: string) => inner)
  return vendor === 'amd' && !entry.name.startsWith('AMD') ? `AMD ${entry.name}` : entry.name
}

function capabilityOf({ seen, from }: MergedGpu, entry: GpuEntry | null, { ledger, path }: Noting): string | null {
  const hints = [seen.architecture, seen.name].filter(hint => typeof hint === 'string')
  const byName = capabilities.find(([pattern]) => hints.some(hint => pattern.test(hint)))?.[1]
  const [value, origin] = seen.computeCapability
    ? [seen.computeCapability, probed(from.computeCapability ?? 'nvidia-smi')]
    : entry?.computeCapability
      ? [entry.computeCapability, fromTable(table)]
      : [byName ?? null, derived('the series it belongs to (https://developer.nvidia.com/cuda-gpus)')]
  return ledger.note(path('computeCapability'), value, { origin, why: 'This nvidia-smi does not tell it and the GPU is not in our table.' })
}

function vulkanOf({ seen, from }: MergedGpu, around: Around, { ledger, path }: Noting): boolean | null {
  const value = seen.vulkan ?? (around.vulkanRead ? false : null)
  const why = seen.vendor === 'apple' ? 'macOS has Metal instead.' : 'vulkaninfo is not there to ask.'
  return ledger.note(path('vulkan'), value, { origin: probed(from.vulkan ?? 'vulkaninfo --summary'), why })
}

function ratesOf(entry: GpuEntry | null, { ledger, path }: Noting): Pick<Gpu, 'bandwidthGBps' | 'fp16Tflops'> {
  const why = entry ? `Our table has no figure for the ${entry.name}.` : 'This GPU is not in our table.'
  const origin = fromTable(table)
  return {
    bandwidthGBps: ledger.note(path('bandwidthGBps'), entry?.bandwidthGBps, { origin, why }),
    fp16Tflops: ledger.note(path('fp16Tflops'), entry?.fp16Tflops, { origin, why }),
  }
}
