import type { GpuSighting, Parser } from '../hardware.types'
import { capture, figure, isObject, looseJson, mibFromBytes, normaliseBusId, objectsIn, textOf } from '../text'

const cardNames =
  /Arc(?:\(TM\))? (?:Pro )?[AB]\d{2,3}M?\b|\bDG[12]\b|Iris\(?R?\)? Xe MAX|Data Center GPU|\bBattlemage\b|\bAlchemist\b|\bFlex\b|\bPonte Vecchio\b|0x(e2|56|49|0b)[0-9a-f]{2}\b/i

/**
 * Intel's graphics are part of the processor except Arc A and B cards, DG1, and the data centre's Flex and Max series; an
 * Arc with a number and V or T behind it (`Arc 140V`) is again inside one, and so are Panther Lake's B370 and B390
 * (https://www.intel.com/content/www/us/en/products/details/processors/core-ultra.html).
 */
export const isIntegratedIntel = (name: string): boolean => !cardNames.test(name) || /\bB3[79]0\b|\[0xb0[0-9a-f]{2}\]/i.test(name)

/** `Intel(R) Graphics [0xe211]` is what the driver calls a GPU that it has no name for: vendor and device of it. */
export function intelPciId(name: string | null, told: string | null = null): string | null {
  const number = /^0x([0-9a-f]{4})$/i.exec(told ?? '')?.[1] ?? /\[0x([0-9a-f]{4})\]/i.exec(name ?? '')?.[1]
  return number ? `8086:${number.toLowerCase()}` : null
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
      return {
        vendor: 'intel',
        name,
        busId: normaliseBusId(textOf(device, 'pci_bdf_address')),
        pciId: intelPciId(name, textOf(device, 'pci_device_id')),
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
  recognises: text =>
    /Device Name: (?!.*<)|No GPU devices found|survivability mode/.test(text) && !/"device_list"|^\s+Device Name:\s{2,}/m.test(text),
  parse(text) {
    const names = [...text.matchAll(/Device Name: (.*?)\s*\|?\s*$/gm)].map(found => found[1] ?? '')
    const buses = [...text.matchAll(/PCI BDF Address: (\S+)/g)].map(found => normaliseBusId(found[1]))
    // `-d 0` adds the rest: `Memory Physical Size: 16288.00 MiB`, `Driver Version: I915_24.1.9`.
    const numbers = [...text.matchAll(/PCI Device ID: (0x[0-9a-f]{4})/gi)].map(found => found[1] ?? null)
    const sizes = [...text.matchAll(/Memory Physical Size: ([\d.]+) MiB/g)].map(found => Math.floor(Number(found[1])))
    const gpus = names.map((name, index): GpuSighting => ({
      vendor: 'intel',
      name,
      busId: buses[index] ?? null,
      pciId: intelPciId(name, numbers.length === names.length ? numbers[index] : null),
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

/**
 * Plain `xpu-smi` since 2.0: a table like nvidia-smi's, whose long names go on in the next line
 * (https://github.com/intel/xpumanager).
 */
export const xpuSmiSummary: Parser = {
  tool: 'xpu-smi',
  recognises: text => /\bIntel XPU-SMI v?\d/.test(text),
  parse(text) {
    const lines = text.split('\n')
    const gpus = lines.flatMap((line, at): GpuSighting[] => {
      const row = /^\s*\|\s*\d+\s+(Intel\S*.*?)\s{2,}(?:On|Off|N\/A)?\s*\|\s*([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d)\s/i.exec(line)
      if (!row) return []
      const until = lines.slice(at + 1).findIndex(below => /^\s*\+[-=+]+\s*$/.test(below))
      const below = lines.slice(at + 1, until === -1 ? at + 4 : at + 1 + until)
      const rest = /^\s*\|\s+([A-Za-z][\w()\[\] -]*?)\s*\|\s*\|/.exec(below[0] ?? '')?.[1]
      const name = [row[1], rest].filter(Boolean).join(' ')
      const usage = /(\d+)MiB\s*\/\s*(\d+)MiB/.exec(below.join('\n'))
      return [
        {
          vendor: 'intel',
          name,
          busId: normaliseBusId(row[2]),
          pciId: intelPciId(name),
          integrated: isIntegratedIntel(name),
          vramMiB: figure(usage?.[2]),
          vramUsedMiB: figure(usage?.[1]),
          powerLimitW: figure(/\/\s*(\d+)W/.exec(below.join('\n'))?.[1]),
        },
      ]
    })
    return { gpus }
  },
}
