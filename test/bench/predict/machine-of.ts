import { machineSchema, type Gpu, type Machine } from '../../../electron/contract/machine'
import type { GpuEntry } from '../../../electron/core/hardware/gpu-table'
import { findCpu } from '../../../electron/core/hardware/cpu-table'
import { deviceKey, entryOf, partsOf, vendorOf, type Part } from './device-names'
import { conditionsOf } from './conditions'
import type { PerfRow } from './rows'

export type Bench = { machine: Machine; backend: string; key: string }
export type NoBench = { why: string; backend: string; key: string }

/**
 * The machine a row was measured on, as the app would have detected it: cards by name from the GPU table, processors from the
 * CPU table, bandwidth from the row where it has one; `why` when neither knows a GPU's. `key` names the device whatever the
 * spelling and number.
 */
export function machineOf(row: PerfRow): Bench | NoBench {
  const vendor = vendorOf(row.device, row.backend)
  const backend = backendOf(row, vendor)
  const fail = (why: string) => ({ why, backend, key: deviceKey(row.device, null) })
  if (row.device.trim() === '') return fail('the row names no device')
  if (vendor === 'cpu') return { machine: machineWith([], row), backend: 'cpu', key: deviceKey(row.device, null) }
  const parts = partsOf(row.device, row.gpus)
  const cards = parts.reduce((sum, part) => sum + part.count, 0)
  const found = parts.map(part => ({ part, ...cardOf(row, part, { cards, alone: parts.length === 1 }) }))
  const unknown = found.find(each => each.card === null)
  if (unknown) return fail(`the memory bandwidth of ${unknown.part.name} is in no table`)
  const gpus = found
    .flatMap(({ part, card }) => Array.from({ length: part.count }, () => card))
    .flatMap((card, index): Gpu[] => (card ? [{ ...card, id: `gpu${index}` }] : []))
  return { machine: machineWith(gpus, row), backend, key: found.map(each => each.key).join(' + ') }
}

type Share = { cards: number; alone: boolean }

function cardOf(row: PerfRow, { name }: Part, share: Share): { card: Gpu | null; key: string } {
  const vendor = vendorOf(name, row.backend || 'gpu')
  const memoryGb = row.memoryGb === null ? null : row.memoryGb / share.cards
  const entry = entryOf(name, vendor, memoryGb) ?? entryOf(name, vendor, row.memoryGb)
  const key = deviceKey(name, entry)
  const unified = vendor === 'apple' || sharesMemory.test(name)
  const told = share.alone ? row.bandwidthGBps : null
  const bandwidthGBps = told ?? entry?.bandwidthGBps ?? sharedGBps(name, unified)
  if (bandwidthGBps === null || bandwidthGBps <= 0 || vendor === 'cpu') return { card: null, key }
  const vramMiB = unified ? null : memoryOf(memoryGb, entry)
  return {
    card: { ...blank, vendor, name, bandwidthGBps, vramMiB, vramFreeMiB: vramMiB, ...kindOf(unified), ...ratesOf(name, vendor, entry) },
    key,
  }
}

const memoryOf = (memoryGb: number | null, entry: GpuEntry | null) => (memoryGb ?? entry?.vramGb ?? 24) * 1024

const sharesMemory = /\b(GB10|Spark|Jetson|Thor|Orin|Ryzen|Core Ultra|Graphics|Strix|8060S|8050S|\d{3}M)\b/i

const kindOf = (unified: boolean) => ({ memoryKind: unified ? ('unified' as const) : ('dedicated' as const), integrated: unified })

const ratesOf = (name: string, vendor: Gpu['vendor'], entry: GpuEntry | null) => ({
  computeCapability: vendor === 'nvidia' ? (entry?.computeCapability ?? capabilityIn(name)) : null,
  fp16Tflops: entry?.fp16Tflops ?? null,
})

const blank = {
  ...{ id: 'gpu0', busId: null, driver: null, cudaVersion: null, rocmTarget: null, vulkan: true, metal: null },
  ...{ migEnabled: null, migInstances: [], usable: true, whyNot: null },
}

/** Memory of the processor that a GPU is part of, as fast as its maker allows. */
function sharedGBps(name: string, unified: boolean): number | null {
  const entry = unified ? findCpu(name) : null
  return entry ? (entry.speedMTps * entry.widthBits) / 8000 : null
}

const known = ['cuda', 'rocm', 'vulkan', 'metal', 'cann', 'cpu']
/** Backends that no factors were fitted for: rows of them are told apart, not taken for the vendor's own. */
const unfitted = /^(opencl|sycl|openvino|directml|webgpu|qnn|musa|tpu)\b/

function backendOf(row: PerfRow, vendor: Gpu['vendor'] | 'cpu'): string {
  const told = row.backend
    .toLowerCase()
    .replace(/^hip(blas)?$/, 'rocm')
    .replace(/^cublas$/, 'cuda')
    .replace(/^mlx$/, 'metal')
  if (known.includes(told) || unfitted.test(told)) return told
  if (vendor === 'cpu') return 'cpu'
  if (vendor === 'apple') return 'metal'
  if (vendor === 'huawei') return 'cann'
  if (vendor === 'amd') return /ryzen|strix|graphics/i.test(row.device) ? 'vulkan' : 'rocm'
  return vendor === 'nvidia' ? 'cuda' : 'vulkan'
}

/** Cards older than the table: the generation is in the name. */
function capabilityIn(device: string): string {
  if (/\bP(4|40|100)\b|GTX ?10\d\d|titan x|\bP10\d-/i.test(device)) return '6.1'
  if (/GTX ?9\d\d|\bM(40|60)\b/i.test(device)) return '5.2'
  if (/V100|titan v/i.test(device)) return '7.0'
  if (/GTX ?16\d\d|RTX ?20\d\d|\bT4\b|quadro rtx/i.test(device)) return '7.5'
  if (/RTX ?50\d\d|blackwell|GB10|thor|B\d00\b/i.test(device)) return '12.0'
  if (/RTX ?40\d\d|\bAda\b|\bL4\b|L40/i.test(device)) return '8.9'
  return /H\d00|GH200/i.test(device) ? '9.0' : '8.6'
}

function machineWith(gpus: Gpu[], row: PerfRow): Machine {
  const totalMiB = Math.max(64, row.memoryGb ?? 0) * 1024
  const cpu = gpus.length === 0 ? findCpu(row.device) : null
  const told = conditionsOf(row)
  const alone = row.bandwidthGBps ?? (cpu ? (cpu.speedMTps * cpu.widthBits) / 8000 : null)
  const bandwidthGBps = told.memoryGBps ?? (gpus.length > 0 ? null : alone)
  // A processor that ran alone is known by its name only, so its cores are not counted unless the row tells them.
  const physical = told.cores ?? (gpus.length > 0 ? 8 : null)
  const cores = { physicalCores: physical, logicalCores: physical === null ? null : physical * 2 }
  const isa = told.isa.length > 0 ? [...told.isa] : cpu ? [...cpu.isa] : ['AVX2']
  return machineSchema.parse({
    detectedAt: null,
    os: {
      ...{ platform: 'linux', name: null, version: null, kernel: null, arch: 'x64', libc: null, libcVersion: null },
      ...{ wsl: false, container: null },
    },
    cpu: { model: gpus.length === 0 ? row.device : null, vendor: null, ...cores, performanceCores: null, efficiencyCores: null, isa },
    memory: { totalMiB, availableMiB: totalMiB, limitMiB: null, limitFrom: null, bandwidthGBps },
    ...{ gpus, containerEngine: null, python: null, uv: null, warnings: [], unknown: {}, origins: {}, probes: [] },
  })
}
