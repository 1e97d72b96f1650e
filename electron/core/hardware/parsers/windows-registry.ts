import type { GpuSighting, Parser } from '../hardware.types'
import { figure, looseJson, mibFromBytes, textOf, type JsonObject } from '../text'
import { fromJson } from './windows'
import { isIntegratedAmd } from './amd-inside'
import { makerById, makerOfAdapter, pciIdOf } from './windows-names'

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

type Card = { name: string | null; bytes: number | null; pciId?: string | null }

function sightingOf({ name, bytes, pciId = null }: Card): GpuSighting {
  const vendor = name === null ? makerById(pciId) : makerOfAdapter(name)
  const integrated = vendor === 'amd' ? isIntegratedAmd({ name, pciId }) : null
  return { vendor, name, pciId, integrated, vramMiB: bytes && !integrated ? mibFromBytes(bytes) : null }
}

function cardOfJson(object: JsonObject): Card[] {
  return 'DriverDesc' in object
    ? [{ name: textOf(object, 'DriverDesc'), bytes: figure(textOf(object, 'HardwareInformation.qwMemorySize')) }]
    : []
}

function cardsOfQuery(text: string): Card[] {
  const keys = text.split(/^(?=HKEY_|Registry::|\s*Hive: )/m).filter(key => /qwMemorySize/.test(key))
  return keys.map(key => ({
    name: /DriverDesc\s*(?:REG_SZ\s+|:\s*)(.+?)\s*$/m.exec(key)?.[1] ?? beside(text, key, 'DriverDesc'),
    bytes: figure(/qwMemorySize\s*(?:REG_QWORD\s+|:\s*)(0x[0-9a-f]+|\d+)/i.exec(key)?.[1]) ?? littleEndian(key),
    pciId: pciIdOf(/MatchingDeviceId\s+REG_SZ\s+(\S+)/i.exec(key)?.[1] ?? beside(text, key, 'MatchingDeviceId') ?? ''),
  }))
}

/** Some drivers write the size as eight bytes, the lowest first. */
function littleEndian(key: string): number | null {
  const bytes = /qwMemorySize\s+REG_BINARY\s+((?:[0-9a-f]{2} ?){8})\s*$/im.exec(key)?.[1]?.match(/[0-9a-f]{2}/gi)
  return bytes ? figure(`0x${bytes.toReversed().join('')}`) : null
}

/** The two queries are asked one after the other, so the other value stands under a second mention of the same sub-key. */
function beside(text: string, key: string, value: string): string | null {
  const subKey = /^\S.*\\(\d{4})\s*$/m.exec(key)?.[1]
  if (!subKey) return null
  return new RegExp(`\\\\${subKey}\\s*\\r?\\n\\s*${value}\\s+REG_SZ\\s+(.+?)\\s*$`, 'm').exec(text)?.[1] ?? null
}
