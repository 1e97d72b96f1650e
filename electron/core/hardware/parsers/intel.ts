import type { GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, hex, mibFromBytes } from '../text'
import { intelPciId, isIntegratedIntel } from './xpu-smi'

/** `vulkaninfo --summary`, or one device of the long form; the software renderer llvmpipe is no GPU. */
export const vulkaninfo: Parser = {
  tool: 'vulkaninfo --summary',
  recognises: text => /deviceType\s*[=:]\s*PHYSICAL_DEVICE_TYPE|Found no drivers|VULKANINFO/.test(text),
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

const makers: Readonly<Record<number, GpuSighting['vendor']>> = { 0x1002: 'amd', 0x10de: 'nvidia', 0x8086: 'intel', 0x106b: 'apple' }

function deviceOf(block: string): VulkanDevice {
  const of = (key: string) => capture(block, new RegExp(`^\\s*${key}\\s*[=:]\\s*(.*)$`, 'm'))
  const type = (of('deviceType') ?? '').replace(/^PHYSICAL_DEVICE_TYPE_/, '')
  const driverId = of('driverID') ?? ''
  const [vendorId, deviceId] = [figure(of('vendorID')) ?? 0, figure(of('deviceID')) ?? 0]
  const vendor = makers[vendorId] ?? 'other'
  const isInside = type === 'INTEGRATED_GPU'
  return {
    type,
    driverId,
    uuid: of('deviceUUID'),
    gpu: {
      vendor,
      name: plainName(of('deviceName')),
      pciId: `${hex(vendorId, 4)}:${hex(deviceId, 4)}`,
      integrated: isInside || type === 'DISCRETE_GPU' ? isInside : null,
      // Dozen translates to Direct3D under WSL and lacks what the runtimes' Vulkan builds need.
      vulkan: !driverId.includes('DOZEN'),
      driver: driverId.includes('NVIDIA_PROPRIETARY') ? of('driverInfo') : null,
      ...heapOf(block, type),
      ...(vendor === 'other' && isInside ? { whyNot: 'Graphics inside the processor that no runtime uses for language models.' } : {}),
    },
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

/** `clinfo -l`: names of OpenCL devices; only their presence counts. */
export const clinfo: Parser = {
  tool: 'clinfo -l',
  recognises: text => /^Platform #\d+: /m.test(text),
  parse(text) {
    const names = [...text.matchAll(/Device #\d+: (.*?)\s*$/gm)]
      .map(found => found[1] ?? '')
      .filter(name => /Intel.*(Arc|Graphics|GPU)/i.test(name))
    return {
      gpus: [...new Set(names)].map(name => ({
        vendor: 'intel' as const,
        name,
        pciId: intelPciId(name),
        integrated: isIntegratedIntel(name),
      })),
    }
  },
}
