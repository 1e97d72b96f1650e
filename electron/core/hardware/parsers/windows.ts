import type { CpuFacts, Findings, GpuSighting, Parser } from '../hardware.types'
import { figure, isObject, looseJson, mibFromBytes, mibFromKib, objectsIn, textOf, type JsonObject } from '../text'
import { modulesOf } from './memory-modules'
import { driverOf, isIntegratedByName, makerById, makerOfAdapter, pciIdOf } from './windows-names'
import { listsOfTable, objectsOfCsv } from './windows-text'

/** Win32_VideoController.AdapterRAM is 32 bits wide: cards of 4 GB and more all say this (4 GiB less 1 MiB). */
const adapterRamCap = 4_293_918_720

const classes =
  'AdapterRAM|TotalPhysicalMemory|NumberOfCores|AdapterCompatibility|TotalVisibleMemorySize|ConfiguredClockSpeed|SMBIOSMemoryType'
const known = new RegExp(`Win32_|^\\s*(${classes})\\s*[:=]|"(${classes})"\\s*:`, 'm')

/** Answers of Get-CimInstance, as our one PowerShell call prints them (JSON, by class) or as lists of `Name : value`. */
export const windowsCim: Parser = {
  tool: 'Get-CimInstance',
  recognises: text => known.test(text) || /^\s*"?(?:\w+"?,"?|\w+\s+)*(AdapterRAM|NumberOfCores|TotalPhysicalMemory)\b/m.test(text),
  parse(text) {
    const objects = /^\s*[[{]/.test(text)
      ? fromJson(looseJson(text))
      : (objectsOfCsv(text) ?? fromList(text.includes('\n') ? (listsOfTable(text) ?? text) : text))
    return objects.map(findingsOf).reduce<Findings>(
      (all, each) => ({
        gpus: [...(all.gpus ?? []), ...(each.gpus ?? [])],
        os: { platform: 'win32', ...all.os, ...each.os },
        cpu: togetherOf(all.cpu, each.cpu),
        memory: { ...each.memory, ...all.memory },
      }),
      modulesOf(objects),
    )
  },
}

/** One object per socket: their cores add up. */
function togetherOf(one: CpuFacts = {}, other: CpuFacts = {}): CpuFacts {
  const sum = (key: 'physicalCores' | 'logicalCores' | 'sockets') => (one[key] || other[key] ? (one[key] ?? 0) + (other[key] ?? 0) : null)
  return {
    model: one.model ?? other.model ?? null,
    vendor: one.vendor ?? other.vendor ?? null,
    physicalCores: sum('physicalCores'),
    logicalCores: sum('logicalCores'),
    sockets: sum('sockets'),
  }
}

export function fromJson(root: unknown): JsonObject[] {
  const top = objectsIn(root)
  return top.flatMap(object => {
    const inner = Object.values(object).flatMap(value => (Array.isArray(value) || isObject(value) ? objectsIn(value) : []))
    const isRecord = ['AdapterRAM', 'TotalPhysicalMemory', 'NumberOfCores', 'TotalVisibleMemorySize', 'DriverDesc', 'Capacity'].some(
      key => key in object,
    )
    return isRecord ? [object] : inner
  })
}

/** Blocks of `Name : value`; a name that repeats starts the next object. */
function fromList(text: string): JsonObject[] {
  const objects: Record<string, string>[] = [{}]
  for (const line of text.split(/\r?\n/)) {
    const [, key, value = ''] = /^\s*(\w+)\s*[:=]\s?(.*)$/.exec(line) ?? []
    if (!key) continue
    if (key in (objects.at(-1) ?? {})) objects.push({})
    const last = objects.at(-1)
    if (last) last[key] = value.trim()
  }
  return objects
}

function findingsOf(object: JsonObject): Findings {
  if ('DriverDesc' in object || 'Capacity' in object) return {}
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
  const vendor = makerOfAdapter(maker)
  const bare = withBasicDriver(name, pciId)
  if (bare) return bare
  // Remote desktops, mirror drivers and the like are virtual; they have no PCI device.
  if (vendor === 'other' && !pciId && !/Adreno/.test(maker)) return null
  const bytes = figure(textOf(object, 'AdapterRAM'))
  const integrated = isIntegratedByName(vendor, name ?? '')
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

/** A card whose maker's driver is missing goes by the name of Windows' own, and only its number tells what it is. */
function withBasicDriver(name: string | null, pciId: string | null): GpuSighting | null {
  const vendor = /^Microsoft Basic Display/i.test(name ?? '') ? makerById(pciId) : 'other'
  return vendor === 'other' ? null : { vendor, pciId, whyNot: 'Windows runs it with its own basic driver: install its maker’s driver.' }
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
      logicalCores: figure(textOf(object, 'NumberOfLogicalProcessors', 'ThreadCount')),
      sockets: 1,
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
