import type { GpuSighting, OsFacts, Parser } from '../hardware.types'
import { capture, captureFigure, figure, mibFromBytes, normaliseBusId } from '../text'
import { deviceOf } from './lspci'
import { linkOf } from './nvidia-common'

/** `lspci -vmm` and `-mm`: fields by label, or quoted on one line. Brought into the common form and read as that. */
export const lspciMachine: Parser = {
  tool: 'lspci -mm',
  recognises: text => /^Slot:\s+\S+\s*\n(?:.*\n)*?Class:/m.test(text) || /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d "/m.test(text),
  parse(text) {
    const blocks = text.split(/\n\s*\n/).filter(block => /^Slot:/m.test(block))
    const gpus = [...blocks.map(ofBlock), ...[...text.matchAll(quoted)].map(ofQuoted)]
    return { gpus: gpus.filter(gpu => gpu !== null) }
  },
}

const quoted = /^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.\d) "([^"]*)" "([^"]*)" "([^"]*)"/gm

function ofBlock(block: string): GpuSighting | null {
  const of = (label: string) => capture(block, new RegExp(`^${label}:\\s+(.*)$`, 'm')) ?? ''
  const driver = of('Driver')
  return deviceOf(`${of('Slot')} ${of('Class')}: ${joined(of('Vendor'), of('Device'))}`, driver ? `\tKernel driver in use: ${driver}` : '')
}

const ofQuoted = ([, slot = '', kind = '', vendor = '', device = '']: RegExpExecArray) =>
  deviceOf(`${slot} ${kind}: ${joined(vendor, device)}`, '')

/** `NVIDIA Corporation [10de]` and `GA104 [GeForce RTX 3070] [2484]` with their numbers brought together as -nn has them. */
function joined(vendor: string, device: string): string {
  const [vendorId, deviceId] = [vendor, device].map(text => / \[([0-9a-f]{4})\]$/i.exec(text)?.[1])
  const plain = `${vendor.replace(/ \[[0-9a-f]{4}\]$/i, '')} ${device.replace(/ \[[0-9a-f]{4}\]$/i, '')}`
  return vendorId && deviceId ? `${plain} [${vendorId}:${deviceId}]` : plain
}

/** `lshw -C display` (and whole `lshw`): one block per `*-display`. */
export const lshw: Parser = {
  tool: 'lshw -C display',
  recognises: text => /^\s*\*-display\b/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=\s*\*-)/m).filter(block => /^\s*\*-display\b/.test(block))
    const gpus = blocks.map(block => {
      const of = (label: string) => capture(block, new RegExp(`^\\s+${label}: (.*)$`, 'm')) ?? ''
      const slot = /pci@(\S+)/.exec(of('bus info'))?.[1]
      // Where its data base does not know the device, product and vendor say the same.
      const product = of('product') === of('vendor') ? '' : of('product')
      const kind = of('description') || 'VGA compatible controller'
      const driver = /\bdriver=(\S+)/.exec(block)?.[1] ?? (/\*-display\S* UNCLAIMED/.test(block) ? 'none' : null)
      return slot ? deviceOf(`${slot} ${kind}: ${of('vendor')} ${product}`.trim(), driver ? `\tKernel driver in use: ${driver}` : '') : null
    })
    return { gpus: gpus.filter(gpu => gpu !== null) }
  },
}

/** `lact cli info`: what a desktop tool for AMD cards reads from the driver. */
export const lact: Parser = {
  tool: 'lact cli info',
  recognises: text => /^GPU Model: .*\(0x[0-9A-F]{4}:/m.test(text),
  parse(text) {
    const ids = /^GPU Model: (.*?) \(0x([0-9A-F]{4}):0x([0-9A-F]{4})/im.exec(text)
    const link = /^Link Speed: .*?([\d.]+) GT\/s PCIe x(\d+)/m.exec(text)
    const vendor = ids?.[2] === '10DE' ? ('nvidia' as const) : ids?.[2] === '8086' ? ('intel' as const) : ('amd' as const)
    return {
      gpus: [
        {
          vendor,
          name: ids?.[1] ?? null,
          pciId: ids ? `${ids[2] ?? ''}:${ids[3] ?? ''}`.toLowerCase() : null,
          busId: normaliseBusId(/^GPU [^\n]*?-([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d):?\s*$/im.exec(text)?.[1]),
          vramMiB: captureFigure(text, /^VRAM Size: (\d+) MiB/m),
          kernelDriver: capture(text, /^Driver Used: (\S+)/m),
          pcie: link
            ? linkOf({ generation: generationOf(Number(link[1])), width: Number(link[2]), maxGeneration: null, maxWidth: null })
            : null,
        },
      ],
    }
  },
}

/** PCI Express: 2.5, 5, 8, 16, 32 and 64 GT/s are the generations 1 to 6. */
export const generationOf = (gigatransfers: number) => [2.5, 5, 8, 16, 32, 64].indexOf(gigatransfers) + 1 || null

/** `neofetch`, `fastfetch`, `screenfetch` and `inxi`: only the names, where nothing better was read. */
export const fetchTools: Parser = {
  tool: 'a summary such as fastfetch prints',
  recognises: text => /^\s*(OS|Host|Kernel): /m.test(text) && /^\s*(CPU|GPU)(?: \d)?(?: \([^)]*\))?: /m.test(text),
  parse(text) {
    const of = (label: string) => capture(text, new RegExp(`^\\s*${label}(?: \\d)?(?: \\([^)]*\\))?: +(.*?)\\s*$`, 'm'))
    const memory = /^\s*(?:RAM|Memory): +([\d.]+) ?(MiB|GiB) \/ ([\d.]+) ?(MiB|GiB)/m.exec(text)
    const mib = (amount = '', unit = '') => Math.round(Number(amount) * (unit === 'GiB' ? 1024 : 1))
    const total = memory ? mib(memory[3], memory[4]) : null
    const model = of('CPU')?.replace(/ \(\d+\).*$/, '') ?? null
    return {
      os: systemOf(of('OS'), text),
      cpu: { model },
      memory: { totalMiB: total, availableMiB: memory && total !== null ? total - mib(memory[1], memory[2]) : null },
      gpus: [...text.matchAll(/^\s*GPU(?: \d)?(?: \([^)]*\))?: +(\S.*?)\s*$/gm)].flatMap(found => namedGpu(found[1] ?? '')),
    }
  },
}

function systemOf(name: string | null, text: string): OsFacts {
  const isMac = /^\s*(?:OS|Kernel): .*(?:macOS|Darwin)/m.test(text)
  return {
    platform: isMac ? 'darwin' : /Windows/.test(name ?? '') ? 'win32' : null,
    name: name?.replace(/^\d\dbit /, '') ?? null,
    arch: /arm64|aarch64|Apple M\d/.test(text) ? 'arm64' : /x86_64/.test(text) ? 'x64' : null,
  }
}

function namedGpu(text: string): GpuSighting[] {
  const name = text.replace(/ \[(Discrete|Integrated)\]$/, '').replace(/ @ .*$/, '')
  const integrated = /\[Integrated\]/.test(text) ? true : /\[Discrete\]/.test(text) ? false : null
  if (/^Apple M\d/.test(name)) return [{ vendor: 'apple', name: name.replace(/ \(.*\)$/, ''), integrated: true, unified: true }]
  const vendor = /NVIDIA|GeForce/i.test(name) ? 'nvidia' : /AMD|Radeon/i.test(name) ? 'amd' : /Intel/i.test(name) ? 'intel' : null
  return vendor ? [{ vendor, name, integrated }] : []
}

/** A header of names alone, then a label with five or six sizes: `free` in any language (`Speicher:`, `Mem :`, `内存：`). */
const freeShape = /^[ \t]+\p{L}\S*(?:[ \t]+\p{L}\S*){3,6}[ \t]*\n[ \t]*(\p{L}[^\d\n:：]*[:：])((?:[ \t]+[\d.,]+[KMGT]?i?B?){4,6})[ \t]*$/mu

/**
 * `free` with or without -m, -g, -h, in any language: total and, in releases of this decade, what is available, which is the
 * last of six columns there; older ones have a line `-/+ buffers` instead.
 */
export const freeTable: Parser = {
  tool: 'free',
  recognises: text => freeShape.test(text),
  parse(text) {
    const row =
      freeShape
        .exec(text)?.[2]
        ?.trim()
        .split(/[ \t]+/) ?? []
    const hasAvailable = row.length === 6 && !/^\s*-\/\+/m.test(text)
    // Without units it is kibibytes, unless the figures are too small for a machine that runs anything.
    const plain = figure(row[0]) ?? 0
    const unit = plain > 1_000_000 ? 1 / 1024 : plain > 200 ? 1 : 1024
    const mib = (cell: string | undefined): number | null => {
      const found = /^(\d+(?:[.,]\d+)?)([KMGT])?i?B?$/.exec(cell ?? '')
      if (!found) return null
      const factor = found[2] ? { K: 1 / 1024, M: 1, G: 1024, T: 1_048_576 }[found[2]] : unit
      return Math.floor(Number(found[1]?.replace(',', '.')) * (factor ?? 1))
    }
    return { memory: { totalMiB: mib(row[0]), availableMiB: hasAvailable ? mib(row[5]) : null } }
  },
}

/** `hostnamectl`. */
export const hostnamectl: Parser = {
  tool: 'hostnamectl',
  recognises: text => /^\s*Operating System: \S/m.test(text) && /^\s*(Kernel|Architecture): /m.test(text),
  parse(text) {
    const architecture = capture(text, /^\s*Architecture: (\S+)/m) ?? ''
    const virtual = capture(text, /^\s*Virtualization: (\S+)/m)
    return {
      os: {
        platform: 'linux',
        name: capture(text, /^\s*Operating System: (.*?)\s*$/m),
        kernel: capture(text, /^\s*Kernel: Linux (\S+)/m),
        arch: /x86-64/.test(architecture) ? 'x64' : /arm64|aarch64/.test(architecture) ? 'arm64' : null,
        ...(virtual === 'wsl' ? { wsl: true } : {}),
      },
    }
  },
}

/** `clinfo` in full: what OpenCL says of each GPU, with the memory it may allocate. */
export const clinfoFull: Parser = {
  tool: 'clinfo',
  recognises: text => /^\s+Device Name\s{2,}\S/m.test(text) && /^\s+Global memory size\s/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=\s+Device Name\s{2,})/m).filter(block => /^\s+Device Type\s+GPU/m.test(block))
    return {
      gpus: blocks.flatMap((block): GpuSighting[] => {
        const of = (label: string) => capture(block, new RegExp(`^\\s+${label}\\s{2,}(.*?)\\s*$`, 'm'))
        const name = of(String.raw`(?:Board Name|Device Board Name) \(AMD\)`) ?? of('Device Name')
        const maker = of('Device Vendor') ?? ''
        const vendor = /intel/i.test(maker) ? 'intel' : /nvidia/i.test(maker) ? 'nvidia' : /amd|advanced micro/i.test(maker) ? 'amd' : null
        const shared = /^\s+Unified memory for Host and Device\s+Yes/m.test(block)
        const bytes = figure(of('Global memory size'))
        const mib = bytes === null ? null : mibFromBytes(bytes)
        const address = /PCI-E, *(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.\d)/i.exec(block)
        if (!vendor) return []
        return [
          {
            vendor,
            name,
            integrated: shared,
            busId: normaliseBusId(address?.[2]),
            ...(shared ? { sharedMiB: mib } : { vramMiB: mib }),
          },
        ]
      }),
    }
  },
}
