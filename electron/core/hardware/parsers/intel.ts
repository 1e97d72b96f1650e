import type { GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, hex, mibFromBytes } from '../text'
import { intelPciId, isIntegratedIntel } from './xpu-smi'

/** `vulkaninfo --summary`, or one device of the long form; the software renderer llvmpipe is no GPU. */
export const vulkaninfo: Parser = {
  tool: 'vulkaninfo --summary',
  recognises: text =>
    /deviceType\s*[=:]\s*PHYSICAL_DEVICE_TYPE|Found no drivers|VULKANINFO/.test(text) || /^\s*deviceName\s*= \S/m.test(text),
  parse(text) {
    const blocks = text.split(/^\s*GPU(?: index:\s+|(?=\d+:))\d*:?\s*$/m)
    const devices = blocks.filter(block => /deviceName\s*[=:]/.test(block)).map(deviceOf)
    const real = devices.filter(device => device.type !== 'CPU' && device.type !== 'VIRTUAL_GPU')
    return { gpus: onePerDevice(oncePerUuid(real)).map(device => device.gpu) }
  },
}

type VulkanDevice = { type: string; driverId: string; uuid: string | null; gpu: GpuSighting }

/** A loader that finds a driver twice lists its devices twice. */
const oncePerUuid = (devices: readonly VulkanDevice[]) =>
  devices.filter(
    (device, index) =>
      !device.uuid || devices.findIndex(other => other.uuid === device.uuid && other.driverId === device.driverId) === index,
  )

/** By the name where a paste has no number. */
const makerOf = (name: string) =>
  /nvidia|geforce/i.test(name) ? 'nvidia' : /\bamd\b|radeon/i.test(name) ? 'amd' : /\bintel\b/i.test(name) ? 'intel' : 'other'

const makers: Readonly<Record<number, GpuSighting['vendor']>> = { 0x1002: 'amd', 0x10de: 'nvidia', 0x8086: 'intel', 0x106b: 'apple' }

function deviceOf(block: string): VulkanDevice {
  const of = (key: string) => capture(block, new RegExp(`^[ \\t]*${key}[ \\t]*[=:][ \\t]*(.*)$`, 'm'))
  const type = (of('deviceType') ?? '').replace(/^PHYSICAL_DEVICE_TYPE_/, '')
  const driverId = of('driverID') ?? ''
  const name = plainName(of('deviceName')) ?? ''
  const { vendor, pciId } = whoseIs(name, figure(of('vendorID')), figure(of('deviceID')))
  const isInside = type === 'INTEGRATED_GPU' || (type === '' && vendor === 'intel' && isIntegratedIntel(name))
  return {
    type,
    driverId,
    uuid: of('deviceUUID'),
    gpu: {
      vendor,
      name,
      pciId,
      integrated: isInside || type === 'DISCRETE_GPU' ? isInside : null,
      // Dozen translates to Direct3D under WSL and lacks what the runtimes' Vulkan builds need.
      vulkan: !driverId.includes('DOZEN'),
      driver: driverId.includes('NVIDIA_PROPRIETARY') ? of('driverInfo') : null,
      ...heapOf(block, type),
      ...(vendor === 'other' && isInside ? { whyNot: 'Graphics inside the processor that no runtime uses for language models.' } : {}),
    },
  }
}

function whoseIs(name: string, vendorId: number | null, deviceId: number | null): Pick<GpuSighting, 'vendor' | 'pciId'> {
  return {
    vendor: vendorId === null ? makerOf(name) : (makers[vendorId] ?? 'other'),
    pciId: vendorId === null || deviceId === null ? null : `${hex(vendorId, 4)}:${hex(deviceId, 4)}`,
  }
}

/** Without Mesa's word on the chip, `(RADV NAVI31)`, and without that of the layer between, `Microsoft Direct3D12 (...)`. */
const plainName = (name: string | null) =>
  name
    ?.replace(/^Microsoft Direct3D12 \((.*)\)$/, '$1')
    .replace(/ \((RADV|BMG|DG2|ARL|LNL|MTL|ACM|ADL|TGL|NVK|RPL)[^)]*\)/, '')
    .trim() ?? null

/** The long form lists heaps of memory: the largest that is the device's own is a card's VRAM. */
function heapOf(block: string, type: string): Pick<GpuSighting, 'vramMiB'> {
  const heaps = block.split(/memoryHeaps\[\d+\]:/).slice(1)
  const own = heaps.filter(heap => (heap.split('memoryTypes')[0] ?? '').includes('DEVICE_LOCAL'))
  const sizes = own.flatMap(heap => captureFigure(heap, /size\s*=\s*(\d+)/) ?? [])
  return type === 'DISCRETE_GPU' && sizes.length > 0 ? { vramMiB: mibFromBytes(Math.max(...sizes)) } : {}
}

/** Two drivers for one card (RADV and AMDVLK) list it twice: only the driver that lists most devices of a vendor counts. */
function onePerDevice(devices: readonly VulkanDevice[]): VulkanDevice[] {
  const count = (device: VulkanDevice) =>
    devices.filter(other => other.driverId === device.driverId && other.gpu.vendor === device.gpu.vendor).length
  return devices.filter(device => {
    const rivals = devices.filter(other => other.gpu.vendor === device.gpu.vendor && other.driverId !== device.driverId)
    return rivals.every(
      rival => count(rival) < count(device) || (count(rival) === count(device) && devices.indexOf(device) < devices.indexOf(rival)),
    )
  })
}

const count = (names: readonly string[], name: string) => names.filter(each => each === name).length

/** `clinfo -l`: names of OpenCL devices; only their presence counts. */
export const clinfo: Parser = {
  tool: 'clinfo -l',
  recognises: text => /^Platform #\d+: /m.test(text),
  parse(text) {
    const platforms = text
      .split(/^(?=Platform #\d+: )/m)
      .map(platform =>
        [...platform.matchAll(/Device #\d+: (.*?)\s*$/gm)]
          .map(found => found[1] ?? '')
          .filter(name => /Intel.*(Arc|Graphics|GPU)/i.test(name)),
      )
    // Two platforms may list one device each for itself; within one platform twins are two devices.
    const names = platforms.reduce<string[]>((all, listed) => {
      const more = listed.filter((name, at) => count(listed.slice(0, at + 1), name) > count(all, name))
      return [...all, ...more]
    }, [])
    return {
      gpus: names.map(name => ({
        vendor: 'intel' as const,
        name,
        pciId: intelPciId(name),
        integrated: isIntegratedIntel(name),
      })),
    }
  },
}
