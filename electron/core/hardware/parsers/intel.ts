import type { GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, isObject, looseJson, mibFromBytes, normaliseBusId, objectsIn, textOf } from '../text'

/**
 * Intel's graphics are part of the processor except Arc A and B cards, DG1, and the data centre's Flex and Max series; an
 * Arc with a number and V or T behind it (`Arc 140V`) is again inside one.
 */
export function isIntegratedIntel(name: string): boolean {
  return !/Arc(?:\(TM\))? (?:Pro )?[AB]\d{2,3}\b|\bDG[12]\b|Data Center GPU|\bBattlemage\b|\bAlchemist\b|\bFlex\b|\bPonte Vecchio\b|0xe2\d\d/i.test(
    name,
  )
}

/** `xpu-smi discovery -j` and `-j -d N`: numbers are strings, memory in bytes. */
export const xpuSmiJson: Parser = {
  tool: 'xpu-smi discovery',
  recognises: text => /"device_list"\s*:|"memory_physical_size_byte"\s*:/.test(text),
  parse(text) {
    const root = looseJson(text)
    if (!isObject(root)) return {}
    const devices = 'device_list' in root ? objectsIn(root['device_list']) : [root]
    const gpus = devices.map((device): GpuSighting => {
      const bytes = figure(textOf(device, 'memory_physical_size_byte'))
      const name = textOf(device, 'device_name')
      const pciId = textOf(device, 'pci_device_id')
      return {
        vendor: 'intel',
        name,
        busId: normaliseBusId(textOf(device, 'pci_bdf_address')),
        pciId: pciId ? `8086:${pciId.replace(/^0x/, '').toLowerCase()}` : null,
        integrated: name ? isIntegratedIntel(name) : null,
        vramMiB: bytes ? mibFromBytes(bytes) : null,
        driver: textOf(device, 'driver_version'),
      }
    })
    return { gpus }
  },
}

/** `xpu-smi discovery` as a table, or its word that it sees nothing: releases before 2.x list no Battlemage card. */
export const xpuSmiTable: Parser = {
  tool: 'xpu-smi discovery',
  recognises: text => /Device Name:|No GPU devices found|survivability mode/.test(text) && !text.includes('"device_list"'),
  parse(text) {
    const names = [...text.matchAll(/Device Name: (.*?)\s*\|?\s*$/gm)].map(found => found[1] ?? '')
    const buses = [...text.matchAll(/PCI BDF Address: (\S+)/g)].map(found => normaliseBusId(found[1]))
    // `-d 0` adds the rest: `Memory Physical Size: 16288.00 MiB`, `Driver Version: I915_24.1.9`.
    const sizes = [...text.matchAll(/Memory Physical Size: ([\d.]+) MiB/g)].map(found => Math.floor(Number(found[1])))
    const gpus = names.map((name, index): GpuSighting => ({
      vendor: 'intel',
      name,
      busId: buses[index] ?? null,
      integrated: isIntegratedIntel(name),
      vramMiB: sizes[index] ?? null,
      driver: names.length === 1 ? capture(text, /Driver Version: (\S+)/) : null,
    }))
    if (!/survivability mode/.test(text)) return { gpus }
    return {
      gpus,
      warnings: [
        {
          code: 'intel-survivability',
          text: 'An Intel GPU started in survivability mode: its firmware has to be updated before it can compute.',
        },
      ],
    }
  },
}

/** `vulkaninfo --summary`, or one device of the long form; the software renderer llvmpipe is no GPU. */
export const vulkaninfo: Parser = {
  tool: 'vulkaninfo --summary',
  recognises: text => /deviceType\s*[=:]\s*PHYSICAL_DEVICE_TYPE|Found no drivers|VULKANINFO/.test(text),
  parse(text) {
    const blocks = text.split(/^\s*GPU(?: index:\s+|(?=\d+:))\d*:?\s*$/m)
    const devices = blocks.filter(block => /deviceName\s*[=:]/.test(block)).map(deviceOf)
    const real = devices.filter(device => device.type !== 'CPU')
    return { gpus: onePerDevice(real).map(device => device.gpu) }
  },
}

type VulkanDevice = { type: string; driverId: string; gpu: GpuSighting }

function deviceOf(block: string): VulkanDevice {
  const of = (key: string) => capture(block, new RegExp(`^\\s*${key}\\s*[=:]\\s*(.*)$`, 'm'))
  const type = of('deviceType')?.replace(/^PHYSICAL_DEVICE_TYPE_/, '') ?? ''
  const vendorId = figure(of('vendorID')) ?? 0
  const deviceId = figure(of('deviceID')) ?? 0
  const name = plainName(of('deviceName'))
  const driverInfo = /NVIDIA_PROPRIETARY/.test(of('driverID') ?? '') ? of('driverInfo') : null
  const vendor = ({ 0x1002: 'amd', 0x10de: 'nvidia', 0x8086: 'intel', 0x106b: 'apple' } as const)[vendorId] ?? 'other'
  return {
    type,
    driverId: of('driverID') ?? '',
    gpu: {
      vendor,
      name,
      pciId: `${vendorId.toString(16).padStart(4, '0')}:${deviceId.toString(16).padStart(4, '0')}`,
      integrated: type === 'INTEGRATED_GPU' ? true : type === 'DISCRETE_GPU' ? false : null,
      vulkan: true,
      driver: driverInfo,
      ...heapOf(block, type),
      ...(vendor === 'other' && type === 'INTEGRATED_GPU'
        ? { whyNot: 'Graphics inside the processor that no runtime uses for language models.' }
        : {}),
    },
  }
}

/** Without Mesa's word on the chip: `(RADV NAVI31)`. */
const plainName = (name: string | null) => name?.replace(/ \((RADV|BMG|DG2|ARL|LNL|MTL|ACM|ADL|TGL|NVK|RPL)[^)]*\)/, '').trim() ?? null

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
    return { gpus: [...new Set(names)].map(name => ({ vendor: 'intel' as const, name, integrated: isIntegratedIntel(name) })) }
  },
}
