/** First line of `memoryDevicesOf`, by which its parser knows it from dmidecode's own output. */
export const dmiHeader = '# Memory devices of /sys/firmware/dmi/tables/DMI'

/**
 * The memory modules of a firmware's table (DMTF DSP0134) in the form that `dmidecode -t memory` prints them, for machines
 * without that program; empty where the table has none. A table that breaks off gives what is whole.
 */
export function memoryDevicesOf(table: Buffer): string {
  const devices = structuresIn(table)
    .filter(structure => structure.type === memoryDevice)
    .map(textOf)
  return devices.length === 0 ? '' : [dmiHeader, ...devices].join('\n\n')
}

type Structure = { type: number; bytes: Buffer; strings: readonly string[] }

const memoryDevice = 17
const endOfTable = 127

/** Structures follow one another: type, length, handle, fields, then strings that end in a zero each and in one more behind the last (DMTF DSP0134, 6.1). */
function structuresIn(table: Buffer): Structure[] {
  const found: Structure[] = []
  let at = 0
  while (at + 4 <= table.length) {
    const [type = endOfTable, length = 0] = table.subarray(at, at + 2)
    const end = table.indexOf('\0\0', at + length, 'latin1')
    if (type === endOfTable || length < 4 || end === -1) break
    const strings = table.toString('latin1', at + length, end).split('\0')
    found.push({ type, bytes: table.subarray(at, at + length), strings })
    at = end + 2
  }
  return found
}

/** Kinds of memory (DSP0134, 7.18.2). */
const kinds: Readonly<Record<number, string>> = {
  ...{ 19: 'DDR2', 24: 'DDR3', 26: 'DDR4', 27: 'LPDDR', 28: 'LPDDR2', 29: 'LPDDR3', 30: 'LPDDR4' },
  ...{ 32: 'HBM', 33: 'HBM2', 34: 'DDR5', 35: 'LPDDR5', 36: 'HBM3' },
}

/** Offsets of a memory device's fields (DSP0134, 7.18); older tables end before the later ones. */
function textOf({ bytes, strings }: Structure): string {
  const word = (offset: number) => (offset + 2 <= bytes.length ? bytes.readUInt16LE(offset) : 0)
  const long = (offset: number) => (offset + 4 <= bytes.length ? bytes.readUInt32LE(offset) & 0x7fffffff : 0)
  const string = (offset: number) => strings[(bytes[offset] ?? 0) - 1]?.trim()
  const speed = (offset: number, further: number) => (word(offset) === 0xffff ? long(further) : word(offset))
  const lines = [
    ['Data Width', width(word(0x0a))],
    ['Size', size(word(0x0c), long(0x1c))],
    ['Locator', string(0x10)],
    ['Bank Locator', string(0x11)],
    ['Type', kinds[bytes[0x12] ?? 0]],
    ['Speed', transfers(speed(0x15, 0x54))],
    ['Configured Memory Speed', transfers(speed(0x20, 0x58))],
  ]
  return ['Memory Device', ...lines.map(([label, value]) => `\t${label ?? ''}: ${value ?? 'Unknown'}`)].join('\n')
}

const width = (bits: number) => (bits === 0 || bits === 0xffff ? undefined : `${bits} bits`)
const transfers = (perSecond: number) => (perSecond === 0 ? undefined : `${perSecond} MT/s`)

/** Mebibytes, or kibibytes with the highest bit set; 0x7fff leads to the longer field, in MiB. */
function size(short: number, further: number): string | undefined {
  if (short === 0) return 'No Module Installed'
  if (short === 0xffff) return undefined
  if (short === 0x7fff) return `${further} MB`
  return short & 0x8000 ? `${Math.floor((short & 0x7fff) / 1024)} MB` : `${short} MB`
}
