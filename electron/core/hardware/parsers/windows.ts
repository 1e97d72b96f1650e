import type { Findings, GpuSighting, Parser } from '../hardware.types'
import { figure, isObject, looseJson, mibFromBytes, mibFromKib, objectsIn, textOf, type JsonObject } from '../text'
import { isIntegratedIntel } from './intel'

/** Win32_VideoController.AdapterRAM is 32 bits wide: cards of 4 GB and more all say this (4 GiB less 1 MiB). */
const adapterRamCap = 4_293_918_720

/** Answers of Get-CimInstance, as our one PowerShell call prints them (JSON, by class) or as lists of `Name : value`. */
export const windowsCim: Parser = {
  tool: 'Get-CimInstance',
  recognises: text =>
    /Win32_|^(AdapterRAM|TotalPhysicalMemory|NumberOfCores|AdapterCompatibility|TotalVisibleMemorySize)\s+:|"(AdapterRAM|TotalPhysicalMemory|NumberOfCores|TotalVisibleMemorySize)"\s*:/m.test(
      text,
    ),
  parse(text) {
    const objects = /^\s*[[{]/.test(text) ? fromJson(looseJson(text)) : fromList(text)
    return objects.map(findingsOf).reduce<Findings>(
      (all, each) => ({
        gpus: [...(all.gpus ?? []), ...(each.gpus ?? [])],
        os: { platform: 'win32', ...all.os, ...each.os },
        cpu: { ...each.cpu, ...all.cpu },
        memory: { ...each.memory, ...all.memory },
      }),
      {},
    )
  },
}

function fromJson(root: unknown): JsonObject[] {
  const top = objectsIn(root)
  return top.flatMap(object => {
    const inner = Object.values(object).flatMap(value => (Array.isArray(value) || isObject(value) ? objectsIn(value) : []))
    const isRecord = ['AdapterRAM', 'TotalPhysicalMemory', 'NumberOfCores', 'TotalVisibleMemorySize', 'DriverDesc'].some(
      key => key in object,
    )
    return isRecord ? [object] : inner
  })
}

/** Blocks of `Name : value`; a name that repeats starts the next object. */
function fromList(text: string): JsonObject[] {
  const objects: Record<string, string>[] = [{}]
  for (const line of text.split(/\r?\n/)) {
    const [, key, value = ''] = /^(\w+)\s*:\s?(.*)$/.exec(line) ?? []
    if (!key) continue
    if (key in (objects.at(-1) ?? {})) objects.push({})
    const last = objects.at(-1)
    if (last) last[key] = value.trim()
  }
  return objects
}

function findingsOf(object: JsonObject): Findings {
  if ('DriverDesc' in object) return {}
  if ('AdapterRAM' in object || 'VideoProcessor' in object || 'AdapterCompatibility' in object) {
    const gpu = controllerOf(object)
    return gpu ? { gpus: [gpu] } : {}
  }
  if ('NumberOfCores' in object) return processorOf(object)
  if ('TotalVisibleMemorySize' in object || 'FreePhysicalMemory' in object) return systemOf(object)
  const bytes = figure(textOf(object, 'TotalPhysicalMemory'))
  return bytes === null ? {} : { memory: { totalMiB: mibFromBytes(bytes) } }
}

function controllerOf(object: JsonObject): GpuSighting | null {
  const name = textOf(object, 'Name', 'Caption', 'Description')
  const maker = `${textOf(object, 'AdapterCompatibility') ?? ''} ${name ?? ''}`
  const pciId = pciIdOf(textOf(object, 'PNPDeviceID') ?? '')
  const vendor = vendorOf(maker)
  // Remote desktops, mirror drivers and the like are virtual; they have no PCI device.
  if (vendor === 'other' && !pciId && !/Adreno/.test(maker)) return null
  const bytes = figure(textOf(object, 'AdapterRAM'))
  const integrated = integratedOf(vendor, name ?? '')
  return {
    vendor,
    name,
    pciId,
    integrated,
    driver: driverOf(vendor, textOf(object, 'DriverVersion')),
    vramMiB: bytes === null || bytes >= adapterRamCap || integrated ? null : mibFromBytes(bytes),
    ...(vendor === 'other' ? { whyNot: 'A display adapter without compute that a runtime could use.' } : {}),
  }
}

function pciIdOf(device: string): string | null {
  const found = /VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})/i.exec(device)
  return found ? `${found[1] ?? ''}:${found[2] ?? ''}`.toLowerCase() : null
}

function vendorOf(maker: string): GpuSighting['vendor'] {
  if (/nvidia|geforce|quadro/i.test(maker)) return 'nvidia'
  if (/advanced micro devices|\bamd\b|radeon/i.test(maker)) return 'amd'
  return /intel/i.test(maker) ? 'intel' : 'other'
}

function integratedOf(vendor: GpuSighting['vendor'], name: string): boolean | null {
  if (vendor === 'intel') return isIntegratedIntel(name)
  if (vendor === 'amd') return /Radeon(?:\(TM\))? (?:Vega \d+ )?(?:\d{3}M )?Graphics|\d{3}[MS]\b/i.test(name)
  return vendor === 'nvidia' ? false : null
}

/** Windows writes NVIDIA's 565.90 as 32.0.15.6590: the last five digits are the maker's own number. */
function driverOf(vendor: GpuSighting['vendor'], version: string | null): string | null {
  const digits = version?.replaceAll('.', '').slice(-5) ?? ''
  return vendor === 'nvidia' && digits.length === 5 ? `${digits.slice(0, 3)}.${digits.slice(3)}` : version
}

function processorOf(object: JsonObject): Findings {
  const model = textOf(object, 'Name')
  const architecture = figure(textOf(object, 'Architecture'))
  return {
    // https://learn.microsoft.com/windows/win32/cimwin32prov/win32-processor: 9 = x64, 12 = ARM64.
    os: architecture === null ? {} : { arch: architecture === 9 ? 'x64' : architecture === 12 ? 'arm64' : 'other' },
    cpu: {
      model,
      vendor: textOf(object, 'Manufacturer'),
      physicalCores: figure(textOf(object, 'NumberOfCores')),
      logicalCores: figure(textOf(object, 'NumberOfLogicalProcessors')),
    },
  }
}

function systemOf(object: JsonObject): Findings {
  const total = figure(textOf(object, 'TotalVisibleMemorySize'))
  const free = figure(textOf(object, 'FreePhysicalMemory'))
  const name = textOf(object, 'Caption')
  const build = textOf(object, 'Version')
  return {
    os: { name: name?.replace(/^Microsoft /, '') ?? null, version: build, kernel: build },
    memory: { totalMiB: total === null ? null : mibFromKib(total), availableMiB: free === null ? null : mibFromKib(free) },
  }
}

/**
 * `reg query ... /s` for HardwareInformation.qwMemorySize and DriverDesc: the whole memory as 64 bits, per sub-key of the
 * display class. The closing line is in the system's language and is not read.
 */
export const windowsRegistry: Parser = {
  tool: 'reg query qwMemorySize',
  recognises: text => /qwMemorySize/.test(text),
  parse(text) {
    const cards = /^\s*[[{]/.test(text) ? fromJson(looseJson(text)).flatMap(cardOfJson) : cardsOfQuery(text)
    return { os: { platform: 'win32' }, gpus: cards.map(sightingOf).filter(gpu => gpu.vendor !== 'other' || gpu.name === null) }
  },
}

type Card = { name: string | null; bytes: number | null }

function sightingOf({ name, bytes }: Card): GpuSighting {
  return { vendor: vendorOf(name ?? ''), name, vramMiB: bytes ? mibFromBytes(bytes) : null }
}

function cardOfJson(object: JsonObject): Card[] {
  return 'DriverDesc' in object
    ? [{ name: textOf(object, 'DriverDesc'), bytes: figure(textOf(object, 'HardwareInformation.qwMemorySize')) }]
    : []
}

function cardsOfQuery(text: string): Card[] {
  const keys = text.split(/^(?=HKEY_|Registry::|\s*Hive: )/m).filter(key => /qwMemorySize/.test(key))
  return keys.map(key => ({
    name: /DriverDesc\s*(?:REG_SZ\s+|:\s*)(.+?)\s*$/m.exec(key)?.[1] ?? nameBeside(text, key),
    bytes: figure(/qwMemorySize\s*(?:REG_QWORD\s+|:\s*)(0x[0-9a-f]+|\d+)/i.exec(key)?.[1]),
  }))
}

/** The two queries are asked one after the other, so the name stands under a second mention of the same sub-key. */
function nameBeside(text: string, key: string): string | null {
  const subKey = /^\S.*\\(\d{4})\s*$/m.exec(key)?.[1]
  if (!subKey) return null
  return new RegExp(`\\\\${subKey}\\s*\\r?\\n\\s*DriverDesc\\s+REG_SZ\\s+(.+?)\\s*$`, 'm').exec(text)?.[1] ?? null
}
