import { machineSchema, type Gpu, type Machine } from '../../../electron/contract/machine'
import { findGpu, type GpuEntry } from '../../../electron/core/hardware/gpu-table'
import type { PerfRow } from './rows'

export type Bench = { machine: Machine; backend: string; key: string }

/**
 * The machine a row was measured on, as the app would have detected it: cards by name from the GPU table, bandwidth from
 * the row where it has one. Null when neither knows a bandwidth. `key` names the device whatever the spelling and number.
 */
export function machineOf(row: PerfRow): Bench | null {
  const vendor = vendorOf(row.device)
  const entry = entryOf(row.device, vendor, row.memoryGb === null ? null : row.memoryGb / row.gpus)
  const bandwidthGBps = row.bandwidthGBps ?? entry?.bandwidthGBps ?? null
  const backend = backendOf(row, vendor)
  if (bandwidthGBps === null || vendor === 'cpu') return null
  const unified = vendor === 'apple' || /\b(GB10|Jetson|Thor|Orin|Ryzen|Core Ultra|Graphics|Strix)\b/i.test(row.device)
  const gpus = Array.from({ length: row.gpus }, (_, index): Gpu => {
    const vramMiB = unified ? null : (row.memoryGb === null ? 24 : row.memoryGb / row.gpus) * 1024
    return {
      ...{ id: `gpu${index}`, vendor, name: row.device, memoryKind: unified ? 'unified' : 'dedicated', integrated: unified },
      ...{ vramMiB, vramFreeMiB: vramMiB, busId: null, driver: null, cudaVersion: null, rocmTarget: null, vulkan: true, metal: null },
      ...{ computeCapability: capabilityOf(row.device, vendor, entry), migEnabled: null, migInstances: [] },
      ...{ bandwidthGBps, fp16Tflops: entry?.fp16Tflops ?? null, usable: true, whyNot: null },
    }
  })
  return { machine: machineWith(gpus, row), backend, key: keyOf(row.device, entry) }
}

export function vendorOf(device: string): Gpu['vendor'] | 'cpu' {
  if (/apple|^m\d\b/i.test(device)) return 'apple'
  if (/radeon|\brx ?\d|\bmi\d{2,3}|ryzen|strix|instinct|vega|\bamd\b/i.test(device)) return 'amd'
  if (/\barc\b|core ultra|\bintel\b|iris/i.test(device)) return 'intel'
  if (/xeon|epyc|cpu/i.test(device)) return 'cpu'
  return 'nvidia'
}

function backendOf(row: PerfRow, vendor: Gpu['vendor'] | 'cpu'): string {
  if (row.backend !== '') return row.backend.toLowerCase()
  if (vendor === 'apple') return 'metal'
  if (vendor === 'amd') return /ryzen|strix|graphics/i.test(row.device) ? 'vulkan' : 'rocm'
  return vendor === 'nvidia' ? 'cuda' : 'vulkan'
}

/** The table's entry by the name as it stands, with the usual prefixes, and without what follows the model. */
function entryOf(device: string, vendor: Gpu['vendor'] | 'cpu', memoryGb: number | null): GpuEntry | null {
  if (vendor === 'cpu') return null
  const cores = /(\d+)-core gpu|(\d+)c\b/i.exec(device)
  const bare = device
    .replace(/\b\d+(\.\d+)? ?GB\b/gi, '')
    .replace(/\b\d+-core gpu\b/i, '')
    .replace(/\(.*\)/, '')
    .replace(/^nvidia|^amd/i, '')
    .trim()
  const names = [
    bare,
    `RTX ${bare}`,
    `Apple ${bare}`,
    `${bare} PCIe`,
    bare.replace(/\bAda$/, 'Ada Generation'),
    `Tesla ${bare}`,
    `${bare}4`,
  ]
  const asked = { vendor, vramMiB: memoryGb === null ? null : memoryGb * 1024, gpuCores: cores ? Number(cores[1] ?? cores[2]) : null }
  for (const name of [...names, ...names.map(each => `${each} ${memoryGb ?? ''} GB`)]) {
    const found = findGpu({ ...asked, name }) ?? findGpu({ ...asked, name, vramMiB: null })
    if (found) return found
  }
  return null
}

const keyOf = (device: string, entry: GpuEntry | null) =>
  (entry?.name ?? device)
    .toLowerCase()
    .replace(/\b(nvidia|amd|apple|geforce|tesla|radeon|pcie|sxm\d?|rtx|generation)\b|\d+ ?gb\b|\d+-core gpu/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** Cards older than the table: the generation is in the name. */
function capabilityOf(device: string, vendor: Gpu['vendor'], entry: GpuEntry | null): string | null {
  if (vendor !== 'nvidia') return null
  if (entry?.computeCapability) return entry.computeCapability
  if (/\bP(4|40|100)\b|GTX ?10\d\d|titan x/i.test(device)) return '6.1'
  if (/GTX ?9\d\d|\bM(40|60)\b/i.test(device)) return '5.2'
  if (/V100|titan v/i.test(device)) return '7.0'
  if (/GTX ?16\d\d|RTX ?20\d\d|\bT4\b|quadro rtx/i.test(device)) return '7.5'
  if (/RTX ?50\d\d|blackwell|GB10|thor|B\d00\b/i.test(device)) return '12.0'
  if (/RTX ?40\d\d|\bAda\b|\bL4\b|L40/i.test(device)) return '8.9'
  return /H\d00|GH200/i.test(device) ? '9.0' : '8.6'
}

function machineWith(gpus: Gpu[], row: PerfRow): Machine {
  const totalMiB = Math.max(64, row.memoryGb ?? 0) * 1024
  return machineSchema.parse({
    detectedAt: null,
    os: {
      ...{ platform: 'linux', name: null, version: null, kernel: null, arch: 'x64', libc: null, libcVersion: null },
      ...{ wsl: false, container: null },
    },
    cpu: { model: null, vendor: null, physicalCores: 8, logicalCores: 16, performanceCores: null, efficiencyCores: null, isa: ['AVX2'] },
    memory: { totalMiB, availableMiB: totalMiB, limitMiB: null, limitFrom: null, bandwidthGBps: null },
    ...{ gpus, containerEngine: null, python: null, uv: null, warnings: [], unknown: {}, origins: {}, probes: [] },
  })
}
