import type { Gpu, Machine } from '../../contract/machine'
import { versionNumber } from '../runtimes/facts-judge'

/** A place weights can live: one GPU, the memory a GPU and the CPU share, or main memory. Everything known, guesses named. */
export type Device = {
  id: string
  name: string
  kind: 'gpu' | 'unified' | 'ram'
  totalMiB: number
  othersMiB: number
  bandwidthGBps: number | null
  fp16Tflops: number | null
  /** What was assumed because it could not be read. */
  assumed: readonly string[]
}

const vendorOf: Readonly<Record<string, Gpu['vendor']>> = { cuda: 'nvidia', rocm: 'amd', metal: 'apple', cann: 'huawei', xpu: 'intel' }

/** Kept free on every device: 5 % of it, at least 256 and at most 1,024 MiB (the latter is llama.cpp's own fit margin). */
export const marginMiB = (device: Device) => marginOfMiB(device.totalMiB)
export const marginOfMiB = (totalMiB: number) => Math.min(1024, Math.max(256, totalMiB * 0.05))

export const freeMiB = (device: Device) => device.totalMiB - device.othersMiB

/** Asked for every model and engine that is tried; a machine is never changed in place. */
const devicesOf = new WeakMap<Machine, Map<string, readonly Device[]>>()

/** GPUs a backend would use, in order; an integrated one only where there is no card. */
export function gpuDevices(machine: Machine, backend: string): readonly Device[] {
  const known = devicesOf.get(machine) ?? new Map<string, readonly Device[]>()
  const devices = known.get(backend) ?? findDevices(machine, backend)
  devicesOf.set(machine, known.set(backend, devices))
  return devices
}

function findDevices(machine: Machine, backend: string): readonly Device[] {
  const suits = (gpu: Gpu) => gpu.usable && (backend === 'vulkan' ? gpu.vendor !== 'apple' : gpu.vendor === vendorOf[backend])
  const gpus = machine.gpus.filter(suits)
  const cards = gpus.filter(gpu => !gpu.integrated && gpu.memoryKind === 'dedicated')
  return (cards.length > 0 ? cards : gpus.slice(0, 1)).flatMap(gpu => deviceOf(gpu, machine) ?? [])
}

/** Batching servers have no kernels for cards before Turing (https://docs.vllm.ai/en/latest/getting_started/installation/gpu/). */
const batchingCapability = 7.5

/** The cards that a batching server uses: older ones stay out where newer ones are, which is by whom it was judged fit. */
export function batchingDevices(machine: Machine, gpus: readonly Device[]): readonly Device[] {
  const newer = gpus.filter(({ id }) => {
    const capability = versionNumber(machine.gpus.find(gpu => gpu.id === id)?.computeCapability ?? null)
    return capability === null || capability >= batchingCapability
  })
  return newer.length > 0 ? newer : gpus
}

function deviceOf(gpu: Gpu, machine: Machine): Device | null {
  if (gpu.memoryKind === 'unified') return unifiedDevice(gpu, machine)
  const instance = gpu.migEnabled === true ? largestInstance(gpu) : null
  const totalMiB = instance?.memoryMiB ?? gpu.vramMiB
  if (totalMiB === null) return null
  const common = { id: gpu.id, kind: 'gpu' as const, totalMiB, bandwidthGBps: gpu.bandwidthGBps, fp16Tflops: gpu.fp16Tflops }
  if (instance)
    return { ...common, ...ratesOfPart(gpu, totalMiB), name: `${gpu.name}, instance ${instance.profile}`, othersMiB: 0, assumed: [] }
  if (gpu.vramFreeMiB !== null) return { ...common, name: gpu.name, othersMiB: Math.max(0, totalMiB - gpu.vramFreeMiB), assumed: [] }
  return { ...common, name: gpu.name, othersMiB: Math.min(600, totalMiB * 0.05), assumed: ['its free memory could not be read'] }
}

/**
 * An instance has its part of the card's memory controllers, and about as much of its cores
 * (https://docs.nvidia.com/datacenter/tesla/mig-user-guide/, partitioning).
 */
function ratesOfPart({ vramMiB, bandwidthGBps, fp16Tflops }: Gpu, partMiB: number): Pick<Device, 'bandwidthGBps' | 'fp16Tflops'> {
  const share = Math.min(1, partMiB / (vramMiB ?? partMiB))
  const part = (rate: number | null) => (rate === null ? null : rate * share)
  return { bandwidthGBps: part(bandwidthGBps), fp16Tflops: part(fp16Tflops) }
}

const largestInstance = (gpu: Gpu) =>
  gpu.migInstances.reduce<Gpu['migInstances'][number] | null>(
    (best, each) => ((each.memoryMiB ?? 0) > (best?.memoryMiB ?? 0) ? each : best),
    null,
  )

/** Shared memory: what the GPU may take is limited by the system, and what programs use now is not free for it. */
function unifiedDevice(gpu: Gpu, machine: Machine): Device {
  const ram = mainMemory(machine)
  const limitMiB = Math.min(ram.totalMiB, gpuLimitMiB(gpu, ram.totalMiB))
  return {
    ...{ id: gpu.id, name: gpu.name, kind: 'unified', totalMiB: ram.totalMiB },
    othersMiB: Math.max(ram.othersMiB, ram.totalMiB - limitMiB),
    bandwidthGBps: gpu.bandwidthGBps ?? machine.memory.bandwidthGBps,
    fp16Tflops: gpu.fp16Tflops,
    assumed: ram.assumed,
  }
}

/**
 * macOS lets a GPU wire about two thirds of the memory up to 36 GB and three quarters above
 * (`sysctl iogpu.wired_limit_mb`, 0 = that rule). Elsewhere what the driver reports is believed unless it is only the
 * firmware's carve-out, then half of the memory (Linux's default limit for GTT) is taken.
 */
function gpuLimitMiB(gpu: Gpu, totalMiB: number): number {
  if (gpu.vendor === 'apple') {
    const rule = totalMiB <= 36 * 1024 ? totalMiB * (2 / 3) : totalMiB * 0.75
    return gpu.vramMiB !== null && gpu.vramMiB < totalMiB ? gpu.vramMiB : rule
  }
  if (gpu.vramMiB !== null && gpu.vramMiB >= totalMiB * 0.25) return gpu.vramMiB
  return gpu.vendor === 'nvidia' ? totalMiB : totalMiB * 0.5
}

/**
 * Taken for a machine whose memory cannot be read at all: small enough that nothing large is promised. Only servers have more
 * than 64 threads, and none of those is sold with less than 64 GiB.
 */
const unknownMemoryMiB = ({ cpu }: Machine) => 1024 * ((cpu.logicalCores ?? cpu.physicalCores ?? 0) > 64 ? 64 : 4)

/** Main memory below any limit of a container or WSL. */
export function mainMemory(machine: Machine): Device {
  const { totalMiB, availableMiB, limitMiB, limitFrom, bandwidthGBps } = machine.memory
  const hardwareMiB = totalMiB ?? limitMiB ?? unknownMemoryMiB(machine)
  const total = Math.min(hardwareMiB, limitMiB ?? hardwareMiB)
  const limited = total < hardwareMiB || limitMiB === total
  const available = availableMiB === null ? total * 0.75 : Math.min(availableMiB, total)
  return {
    ...{ id: 'ram', kind: 'ram', totalMiB: total, othersMiB: total - available, bandwidthGBps, fp16Tflops: null },
    name: limited && limitFrom !== null ? `Memory (limit: ${limitFrom})` : 'Memory',
    assumed: [
      ...(totalMiB === null && limitMiB === null ? [`the memory could not be read, ${hardwareMiB} MiB are assumed`] : []),
      ...(availableMiB === null ? ['what is free could not be read, a quarter is taken as used'] : []),
    ],
  }
}
