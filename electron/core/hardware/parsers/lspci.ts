import type { GpuSighting, Parser } from '../hardware.types'
import { capture, normaliseBusId } from '../text'
import { isIntegratedAmd } from './amd-inside'
import { isIntegratedIntel } from './xpu-smi'

const slot = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (.*)$/i
const graphicsClass = /^(VGA compatible controller|3D controller|Display controller|Processing accelerators)(?: \[[0-9a-f]{4}\])?: /

/** `lspci` with any of -nn, -v, -k: the devices that can draw or compute, with their driver; memory regions are no VRAM. */
export const lspci: Parser = {
  tool: 'lspci',
  recognises: text => /^(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] [A-Z0-9]/im.test(text),
  parse(text) {
    const devices: string[][] = []
    for (const line of text.split(/\r?\n/)) {
      if (slot.test(line)) devices.push([line])
      // Pastes lose the blanks that these lines begin with.
      else if (/^\s+\S|^(Subsystem|DeviceName|Flags|Memory at|Capabilities|Kernel (driver in use|modules)):?/.test(line))
        devices.at(-1)?.push(line)
    }
    // With -k every device that has a driver names it, so that silence means that there is none.
    const tellsDrivers = /Kernel driver in use:/.test(text)
    const gpus = devices.map(([first = '', ...rest]) => deviceOf(first, rest.join('\n'))).filter(gpu => gpu !== null)
    return { gpus: gpus.map(gpu => (tellsDrivers && !gpu.kernelDriver ? { ...gpu, kernelDriver: 'none' } : gpu)) }
  },
}

/** One device by its first line and the indented ones below it; null when it neither draws nor computes. */
export function deviceOf(first: string, rest: string): GpuSighting | null {
  const [, busId, description = ''] = slot.exec(first) ?? []
  if (!graphicsClass.test(description)) return null
  const told = numbersIn(description)
  const bare = description
    .replace(graphicsClass, '')
    .replace(/ \[[0-9a-f]{4}:[0-9a-f]{4}\]/i, '')
    .replace(/ ?\(rev [0-9a-f]+\)/i, '')
    .replace(/ \(prog-if .*\)$/, '')
    .trim()
  // Processors for neural networks have the class of accelerators too; `npuDevices` takes them.
  if (description.startsWith('Processing') && /\b(NPU|VPU|IPU|Neural|AI Boost)\b/i.test(bare)) return null
  const vendor = vendorOf(bare, told)
  // An accelerator that is none of the known ones (a video encoder, a network processor) is no GPU.
  if (!vendor || (vendor === 'other' && description.startsWith('Processing'))) return null
  const ids = told ?? numberIn(bare, vendor)
  const name = bare.replace(
    /^(NVIDIA Corporation|Advanced Micro Devices, Inc\. \[AMD(?:\/ATI)?\]|Intel Corporation|Huawei Technologies Co\., Ltd\.) /,
    '',
  )
  return {
    vendor,
    name: nameOf(name, vendor),
    busId: normaliseBusId(busId),
    pciId: ids ?? null,
    kernelDriver: capture(rest, /Kernel driver in use: (\S+)/),
    integrated: integratedOf(vendor, { bare, pciId: ids ?? null, busId: normaliseBusId(busId) }),
    ...(vendor === 'other' ? { whyNot: 'A display adapter without compute that a runtime could use.' } : {}),
  }
}

/** Vendor and device, `[8086:e20b]`, which only -nn prints. */
const numbersIn = (description: string) => /\[([0-9a-f]{4}:[0-9a-f]{4})\]/i.exec(description)?.[1]?.toLowerCase()

const vendorNumbers: Partial<Record<GpuSighting['vendor'], string>> = { nvidia: '10de', amd: '1002', intel: '8086', huawei: '19e5' }

/** A data base older than the card calls it `Device e20b`, which is its number. */
function numberIn(bare: string, vendor: GpuSighting['vendor']): string | undefined {
  const device = /\bDevice ([0-9a-f]{4})\b/i.exec(bare)?.[1]?.toLowerCase()
  const maker = vendorNumbers[vendor]
  return device && maker ? `${maker}:${device}` : undefined
}

function vendorOf(bare: string, ids: string | undefined): GpuSighting['vendor'] | null {
  const byId = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel', '19e5': 'huawei' } as const
  const id = ids?.slice(0, 4)
  if (id && id in byId) return byId[id as keyof typeof byId]
  if (/^NVIDIA/i.test(bare)) return 'nvidia'
  if (/^Advanced Micro Devices|^AMD/i.test(bare)) return 'amd'
  if (/^Intel/i.test(bare)) return 'intel'
  if (/^Huawei/i.test(bare)) return /\bDevice d[0-9a-f]{3}\b|Ascend/i.test(bare) ? 'huawei' : 'other'
  // WSL and virtual machines show drivers' stand-ins, which are no devices of the machine.
  return /Microsoft|Basic Render|Virtio|VMware|QXL|Cirrus|Bochs|VirtualBox|Red Hat/i.test(bare) ? null : 'other'
}

/** `GA102 [GeForce RTX 3090]` is called by what is in brackets; a bare code name (`Renoir`) keeps its vendor. */
function nameOf(name: string, vendor: GpuSighting['vendor']): string {
  const inBrackets = /\[([^\]]+)\]\s*$/.exec(name)?.[1]
  const brand = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', huawei: 'Huawei', apple: 'Apple', other: '' }[vendor]
  const plain = inBrackets ?? name
  return plain.toLowerCase().startsWith(brand.toLowerCase()) ? plain : `${brand} ${plain}`
}

type Place = { bare: string; pciId: string | null; busId: string | null }

function integratedOf(vendor: GpuSighting['vendor'], { bare, pciId, busId }: Place): boolean | null {
  // Intel's own graphics have sat at this place of the first bus since 2006.
  if (vendor === 'intel') return busId === '0000:00:02.0' || isIntegratedIntel(pciId ? `${bare} 0x${pciId.slice(5)}` : bare)
  // The list of PCI numbers says `Radeon Graphics` of graphics inside processors only; ROCm says it of others too.
  if (vendor === 'amd') return /\bRadeon Graphics\b/.test(bare) || isIntegratedAmd({ name: bare.replace(/\bDevice\b/, ''), pciId })
  return vendor === 'nvidia' ? false : null
}
