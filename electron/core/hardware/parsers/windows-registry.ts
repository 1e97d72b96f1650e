import type { GpuSighting, Parser } from '../hardware.types'
import { figure, looseJson, mibFromBytes, textOf, type JsonObject } from '../text'
import { fromJson } from './windows'
import { makerOfAdapter } from './windows-names'

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
  return { vendor: makerOfAdapter(name ?? ''), name, vramMiB: bytes ? mibFromBytes(bytes) : null }
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
