import type { Gpu, Machine, Origin } from '../../contract/machine'
import { isNoName, nameOf, nameOrigin } from './gpu-name'
import { extrasOf } from './gpu-extras'
import { cardOfShare, deviceName, findGpu, sizesOf, slowestSister, type GpuEntry, type GpuQuestion } from './gpu-table'
import type { SightingField } from './hardware.types'
import { derived, fromTable, guessed, probed, type Ledger } from './ledger'
import type { MergedGpu } from './merge-gpus'
import { gpuMemory } from './gpu-memory'
import { whyNotUsed } from './gpu-use'
import { modelOfTarget, targetOfModel, targetsSource } from './rocm-targets'

export type Around = {
  os: Machine['os']
  memory: Machine['memory']
  cpu: Machine['cpu']
  wiredLimitMiB: number | null
  vulkanRead: boolean
  tools: ReadonlySet<string>
  /** What is true of a vendor's driver as a whole. */
  drivers: { nvidiaDriver: string | null; nvidiaCuda: string | null; amdDriver: string | null }
}

/** Tools that name a card only with its driver: its own, and those of Windows, where others are a Basic Display Adapter. */
const driversTools = /^(nvidia-smi|Get-CimInstance|dxdiag|reg query)/

const table = 'resources/knowledge/gpus.json'

/** Compute capability of architectures and series that have only one (https://developer.nvidia.com/cuda-gpus). */
const capabilities: readonly (readonly [pattern: RegExp, capability: string])[] = [
  [/^Volta$/, '7.0'],
  [/^Turing$|\b(GTX 16|RTX 20|Quadro RTX )\d{2}/, '7.5'],
  [/\b(RTX 30\d{2}|RTX A\d{4})\b/, '8.6'],
  [/^Ada Lovelace$|\b(RTX 40\d{2})\b|Ada Generation/, '8.9'],
  [/^Hopper$/, '9.0'],
  [/\bG?B200\b/, '10.0'],
  [/\bG?B300\b/, '10.3'],
  [/\bRTX 50\d{2}\b|RTX PRO \d{4} Blackwell/, '12.0'],
  [/\bGTX 10\d{2}\b/, '6.1'],
]

/** One GPU of the machine from what the tools saw of it, the GPU table and what is around it. */
export function buildGpu(merged: MergedGpu, id: string, { around, ledger }: { around: Around; ledger: Ledger }): Gpu {
  const { seen: told, from } = withDriver(merged, around)
  const chip = chipOf(told, around)
  const entry = entryOf(told, chip)
  const seen = withTarget({ seen: told, from }, entry)
  const path = (field: string) => `gpus.${id}.${field}`
  const by = (field: SightingField): Origin => probed(from[field] ?? 'a probe')
  const pick: PickText = (field, why) => ledger.note<string>(path(field), seen[field], { origin: by(field), why })

  const sister = sisterOf(seen, entry)
  const name = nameOf(seen, entry, sister?.name.split(' or ') ?? [])
  const memory = gpuMemory({ seen, from, entry, sizesGb: entry ? sizesOf(questionOf(seen)) : [], around })
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
    ...platformOf({ seen, from }, entry ?? sister, { ledger, path, pick }),
    vulkan: vulkanOf({ seen, from }, around, { ledger, path }),
    migEnabled: seen.migEnabled ?? null,
    migInstances: [...(seen.migInstances ?? [])],
    ...ratesOf({ entry, sister }, { ledger, path }),
    ...extrasOf({ seen, from }, { ledger, path, wiredLimitMiB: around.wiredLimitMiB }),
  }
  ledger.origins[path('name')] = nameOrigin({ seen, from }, by('name'))
  const answered = Object.values(from).some(tool => driversTools.test(tool))
  const whyNot = whyNotUsed(seen, { ...base, answered, tableBandwidthGBps: (entry ?? sister)?.bandwidthGBps ?? null })
  return { ...base, usable: whyNot === null, whyNot }
}

type PickText = (field: 'driver' | 'cudaVersion' | 'metal' | 'busId', why: string) => string | null

/** What the driver says once for all its cards goes to each that lacks it. */
function withDriver({ seen, from }: MergedGpu, { drivers }: Around): MergedGpu {
  const whole = { driver: seen.vendor === 'nvidia' ? drivers.nvidiaDriver : seen.vendor === 'amd' ? drivers.amdDriver : null }
  const cudaVersion = seen.cudaVersion ?? (seen.vendor === 'nvidia' ? drivers.nvidiaCuda : null)
  const how = 'the version of the driver'
  return {
    seen: { ...seen, driver: seen.driver ?? whole.driver, cudaVersion },
    from: { ...from, driver: from.driver ?? how, cudaVersion: from.cudaVersion ?? how },
  }
}

/** Its target by its model, where ROCm's tools saw it without naming one. */
const withTarget = (merged: MergedGpu, entry: GpuEntry | null): MergedGpu['seen'] => ({
  ...merged.seen,
  rocmTarget: merged.seen.rocmTarget ?? targetOfModel(merged, [merged.seen.name, entry?.name, deviceName(merged.seen.pciId)]),
})

/** Cores of the processor that an Apple GPU is beside; nothing where it is another chip's. */
const chipOf = ({ vendor, name }: MergedGpu['seen'], { cpu }: Around): Pick<GpuQuestion, 'cpuCores'> =>
  vendor === 'apple' && (cpu.model === null || cpu.model === name) ? { cpuCores: cpu.physicalCores } : {}

/** Graphics inside a processor are never an entry that has memory of its own, whatever their name is short for. */
function entryOf(seen: MergedGpu['seen'], chip: Pick<GpuQuestion, 'cpuCores'>): GpuEntry | null {
  const question = { ...questionOf(seen), ...chip }
  const others = [deviceName(seen.pciId), modelOfTarget(seen)].filter(name => name !== null)
  const entry = findGpu(question) ?? others.map(name => findGpu({ ...question, name, isCut: false })).find(found => found !== null) ?? null
  return seen.integrated && entry?.vramGb ? null : entry
}

function questionOf({ vendor, name, nameIsCut, pciId, vramMiB, gpuCores, powerLimitW }: MergedGpu['seen']): GpuQuestion {
  // A virtual machine's part has less memory than the card it is of.
  const card = vendor === 'nvidia' ? cardOfShare(name ?? '') : null
  return {
    ...{ vendor, vramMiB: card === null ? (vramMiB ?? null) : null, gpuCores: gpuCores ?? null, powerLimitW: powerLimitW ?? null },
    ...(isNoName(name) ? { name: deviceName(pciId) ?? '' } : { name: card ?? name ?? '', isCut: nameIsCut ?? false }),
  }
}

/** What the vendor's own platform needs to know: CUDA, ROCm or Metal, each null for the others without being unknown. */
function platformOf(
  merged: MergedGpu,
  entry: Pick<GpuEntry, 'computeCapability'> | null,
  { ledger, path, pick }: Noting & { pick: PickText },
) {
  const none = { cudaVersion: null, computeCapability: null, rocmTarget: null, metal: null }
  switch (merged.seen.vendor) {
    case 'nvidia': {
      const cudaVersion = pick('cudaVersion', 'Neither the table nor the details of nvidia-smi were read.')
      return { ...none, cudaVersion, computeCapability: capabilityOf(merged, entry, { ledger, path }) }
    }
    case 'amd': {
      const why = 'No tool of ROCm and no file of the kernel names the target.'
      const told = merged.from.rocmTarget
      const origin = told === undefined ? derived(`the model (${targetsSource})`) : probed(told)
      return { ...none, rocmTarget: ledger.note(path('rocmTarget'), merged.seen.rocmTarget, { origin, why }) }
    }
    case 'apple':
      return { ...none, metal: pick('metal', 'system_profiler was not read.') }
    default:
      return none
  }
}

type Noting = { ledger: Ledger; path: (field: string) => string }

function capabilityOf(
  { seen, from }: MergedGpu,
  entry: Pick<GpuEntry, 'computeCapability'> | null,
  { ledger, path }: Noting,
): string | null {
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

/** What a GPU has at least that may be one of several; memory of its own is nothing that one inside a processor has. */
function sisterOf(seen: MergedGpu['seen'], entry: GpuEntry | null) {
  const sister = entry ? null : slowestSister(questionOf(seen))
  return seen.integrated && !sister?.isShared ? null : sister
}

type Known = { entry: GpuEntry | null; sister: ReturnType<typeof sisterOf> }

function ratesOf({ entry, sister }: Known, { ledger, path }: Noting): Pick<Gpu, 'bandwidthGBps' | 'fp16Tflops'> {
  const why = entry ? `Our table has no figure for the ${entry.name}.` : 'This GPU is not in our table.'
  const origin = sister ? guessed(`the slowest of ${sister.name} in ${table}`) : fromTable(table)
  const rates = entry ?? sister
  return {
    bandwidthGBps: ledger.note(path('bandwidthGBps'), rates?.bandwidthGBps, { origin, why }),
    fp16Tflops: ledger.note(path('fp16Tflops'), rates?.fp16Tflops, { origin, why }),
  }
}
