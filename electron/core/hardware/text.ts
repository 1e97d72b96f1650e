/** Kibibytes, mebibytes and bytes as tools print them, in whole MiB. */
export const mibFromKib = (kib: number) => Math.floor(kib / 1024)
export const mibFromBytes = (bytes: number) => Math.floor(bytes / 1_048_576)

/** First capture of `pattern`, trimmed; null when it does not match, is empty, or says that it is not known. */
export function capture(text: string, pattern: RegExp): string | null {
  const found = pattern.exec(text)?.[1]?.trim()
  return found && !/^(\[?N\/A\]?|\[?Not Supported\]?|\[?Unknown( Error)?\]?|None|-|\[Insufficient Permissions\])$/i.test(found)
    ? found
    : null
}

/** The number that a figure starts with (`24564 MiB`, `0x1002`, `"360"`), null when there is none; nothing here is below zero. */
export function figure(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null
  const found = /^\s*"?(0x[0-9a-f]+|\d+(?:\.\d+)?)/i.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

export const captureFigure = (text: string, pattern: RegExp) => figure(capture(text, pattern))

/** `00000000:01:00.0`, `01:00.0` and `0000000F:01:00.0` in the kernel's form: `0000:01:00.0`, `000f:01:00.0`. */
export function normaliseBusId(text: string | null | undefined): string | null {
  const found = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i.exec(text?.trim() ?? '')
  if (!found) return null
  const [, domain = '0', bus = '', device = '', part = ''] = found
  return `${hex(parseInt(domain, 16), 4)}:${bus.padStart(2, '0')}:${device.padStart(2, '0')}.${part}`.toLowerCase()
}

/** Bus number, device and function packed as the PCI standard does: bus in bits 8-15, device in 3-7, function in 0-2. */
export function busIdFromPacked(packed: number, domain = 0): string {
  return `${hex(domain, 4)}:${hex((packed >> 8) & 0xff, 2)}:${hex((packed >> 3) & 0x1f, 2)}.${packed & 7}`
}

export const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** JSON that may have warnings of the tool before or behind it; null when there is none. */
export function looseJson(text: string): unknown {
  for (const [open, close] of [
    ['{', '}'],
    ['[', ']'],
  ] as const) {
    const from = text.indexOf(open)
    const to = text.lastIndexOf(close)
    if (from === -1 || to <= from) continue
    try {
      return JSON.parse(text.slice(from, to + 1)) as unknown
    } catch {
      continue
    }
  }
  return null
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [])

/** A field of a JSON object as text, whatever the tool made of it. */
export function textOf(object: JsonObject, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (typeof value === 'string' && value.trim() !== '' && value !== 'N/A') return value.trim()
  }
  return null
}

/** Cells of one line of CSV; quoted ones may hold commas and doubled quotes. */
export const csvCells = (line: string): string[] =>
  [...`${line},`.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*)),/g)].map(found => (found[1]?.replaceAll('""', '"') ?? found[2] ?? '').trim())
