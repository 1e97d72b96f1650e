import type { Findings, MemoryFacts, Parser } from '../hardware.types'
import { capture, captureFigure, figure, mibFromBytes, textOf, type JsonObject } from '../text'
import { dmiHeader } from './smbios'

/** One memory module, or one chip of soldered memory. */
export type MemoryModule = {
  sizeMiB: number
  type: string | null
  speedMTps: number | null
  widthBits: number | null
  /** Where it sits, in the board maker's words: `DIMM_A1`, `P0 CHANNEL B`, `Controller0-ChannelA-DIMM0`. */
  place: string
}

/** SMBIOSMemoryType of Win32_PhysicalMemory (DMTF DSP0134, table of memory device types). */
const types: Readonly<Record<number, string>> = { 24: 'DDR3', 26: 'DDR4', 30: 'LPDDR4', 34: 'DDR5', 35: 'LPDDR5' }

/** `dmidecode -t memory` (needs root), also in the answer of plain `dmidecode`. */
export const dmidecodeMemory: Parser = {
  tool: 'dmidecode -t memory',
  recognises: text => /^Memory Device\s*$/m.test(text) && !text.includes(dmiHeader),
  parse: parseDevices,
}

/** The same as we read it from the kernel's copy of the firmware's table (dmi.ts), where dmidecode is not there. */
export const dmiTable: Parser = {
  tool: '/sys/firmware/dmi/tables/DMI',
  recognises: text => text.includes(dmiHeader),
  parse: parseDevices,
}

function parseDevices(text: string): Findings {
  const modules = text
    .split(/^(?=Handle 0x|Memory Device\s*$)/m)
    .filter(block => /^Memory Device\s*$/m.test(block))
    .map(moduleOf)
    .filter(module => module !== null)
  return { memory: factsOf(modules) }
}

function moduleOf(block: string): MemoryModule | null {
  const size = /^\s+Size: (\d+) ([MGT])i?B/m.exec(block)
  if (!size) return null
  const factor = { M: 1, G: 1024, T: 1_048_576 }[size[2] ?? 'M'] ?? 1
  const of = (label: string) => capture(block, new RegExp(`^\\s+${label}: (.*)$`, 'm'))
  return {
    sizeMiB: Number(size[1]) * factor,
    type: of('Type'),
    // What it runs at counts, not what it could; older releases write MHz for transfers.
    speedMTps: figure(of('Configured Memory Speed') ?? of('Configured Clock Speed') ?? of('Speed')),
    widthBits: captureFigure(block, /^\s+Data Width: (\d+) bits/m),
    place: `${of('Bank Locator') ?? ''} ${of('Locator') ?? ''}`.trim(),
  }
}

/** Win32_PhysicalMemory among the objects of a PowerShell answer. */
export function modulesOf(objects: readonly JsonObject[]): Findings {
  const modules = objects.flatMap((object): MemoryModule[] => {
    const bytes = figure(textOf(object, 'Capacity'))
    if (bytes === null || !['SMBIOSMemoryType', 'ConfiguredClockSpeed', 'Speed', 'DeviceLocator'].some(key => key in object)) return []
    return [
      {
        sizeMiB: mibFromBytes(bytes),
        type: types[figure(textOf(object, 'SMBIOSMemoryType')) ?? 0] ?? null,
        speedMTps: figure(textOf(object, 'ConfiguredClockSpeed', 'Speed')),
        widthBits: figure(textOf(object, 'DataWidth')),
        place: `${textOf(object, 'BankLabel') ?? ''} ${textOf(object, 'DeviceLocator') ?? ''}`.trim(),
      },
    ]
  })
  return modules.length === 0 ? {} : { memory: factsOf(modules) }
}

/** Type, speed, channels and width of all modules together. Two modules on one channel take turns, so a channel counts once. */
export function factsOf(modules: readonly MemoryModule[]): MemoryFacts {
  if (modules.length === 0) return {}
  const channels = new Map<string, MemoryModule>()
  for (const [index, module] of modules.entries()) channels.set(channelOf(module.place) ?? `module ${index}`, module)
  const speeds = modules.flatMap(module => module.speedMTps ?? [])
  const widths = [...channels.values()].map(module => module.widthBits || 64)
  return {
    type: modules.find(module => module.type && !/unknown|other/i.test(module.type))?.type ?? null,
    channels: channels.size,
    // The slowest module sets the pace of all.
    speedMTps: speeds.length === modules.length ? Math.min(...speeds) : null,
    widthBits: widths.reduce((sum, width) => sum + width, 0),
  }
}

/** Processor, controller and channel of a place, without the slot; null where the words do not tell. */
export function channelOf(place: string): string | null {
  const node = [/\b(?:P(?:ROC)?|CPU)[ _]*(\d+)/i, /Node[ _]?(\d+)/i].map(pattern => pattern.exec(place)?.[1] ?? '').join('.')
  const controller = /(?:Controller|MC)[ _]?(\d+)/i.exec(place)?.[1] ?? ''
  const channel =
    /Channel[ _-]?([A-Z0-9])/i.exec(place)?.[1] ?? /\bDIMM[ _-]?([A-P])[ _-]?\d\b/i.exec(place)?.[1] ?? /\b([A-P])\d\b/.exec(place)?.[1]
  return channel === undefined ? null : `${node}/${controller}/${channel.toUpperCase()}`
}

/** Peak of the modules in GB/s: transfers a second times the bytes of all channels. */
export const peakGBps = (speedMTps: number, widthBits: number) => Math.round((speedMTps * widthBits) / 8 / 100) / 10

/** What our short measurement of reading memory leaves (measure-bandwidth.ts). */
export const measuredBandwidth: Parser = {
  tool: 'reading memory for 0.2 s',
  recognises: text => /^Memory read rate: [\d.]+ GB\/s/m.test(text),
  parse: text => ({ memory: { measuredGBps: captureFigure(text, /^Memory read rate: ([\d.]+) GB\/s/m) } }),
}
