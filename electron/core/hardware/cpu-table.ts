import * as z from 'zod'
import cpus from '../../../resources/knowledge/cpus.json'

const entrySchema = z.object({
  /** Pattern of the processor's or the board's name; the first that fits counts. */
  match: z.string(),
  type: z.string(),
  /** The fastest memory that the maker specifies. */
  speedMTps: z.number(),
  /** All channels of one processor together. */
  widthBits: z.number(),
  /** The memory is part of the processor's package or board, so that there is nothing to leave empty. */
  soldered: z.boolean(),
  /** A faster kind of memory that it takes instead: soldered beside it, or modules with two ranks at once (MRDIMM). */
  faster: z.object({ type: z.string(), speedMTps: z.number() }).optional(),
  /** Cores of the whole processor, where it is only rented out in parts: a part never has all of the memory. */
  cores: z.number().optional(),
  isa: z.string().nullable(),
  source: z.string(),
})

export type CpuEntry = Omit<z.infer<typeof entrySchema>, 'isa'> & { isa: readonly string[] }

const x86 = ['SSE4.2', 'AVX', 'F16C', 'FMA', 'AVX2']

/** Instruction sets by generation, for systems whose tools list none (Windows), as the makers' manuals state them. */
const families: Readonly<Record<string, readonly string[]>> = {
  sse: ['SSE4.2'],
  sandy: ['SSE4.2', 'AVX'],
  ivy: ['SSE4.2', 'AVX', 'F16C'],
  haswell: x86,
  zen: x86,
  alder: [...x86, 'AVX_VNNI'],
  'skylake-sp': [...x86, 'AVX512'],
  cascade: [...x86, 'AVX512', 'AVX512_VNNI'],
  sapphire: [...x86, 'AVX_VNNI', 'AVX512', 'AVX512_VNNI', 'AVX512_BF16', 'AMX'],
  zen4: [...x86, 'AVX512', 'AVX512_VNNI', 'AVX512_BF16'],
  zen5: [...x86, 'AVX_VNNI', 'AVX512', 'AVX512_VNNI', 'AVX512_BF16'],
  'armv8.2': ['NEON', 'DOTPROD'],
  'armv8.6': ['NEON', 'DOTPROD', 'I8MM', 'BF16'],
}

const entries = z
  .array(entrySchema)
  .parse(cpus)
  .map(({ isa, ...entry }) => ({
    pattern: new RegExp(entry.match, 'i'),
    entry: { ...entry, isa: isa === null ? [] : (families[isa] ?? []) },
  }))

/** What is known of a processor by the names of it and of its board; null when it is none of the table. */
export function findCpu(...names: readonly (string | null | undefined)[]): CpuEntry | null {
  const text = plainName(names.filter(name => name).join(' '))
  return text === '' ? null : (entries.find(({ pattern }) => pattern.test(text))?.entry ?? null)
}

/** Signs of trade marks and runs of blanks, which tools print in ways of their own. */
const plainName = (name: string) => name.replaceAll('®', '(R)').replaceAll('™', '(TM)').replace(/\s+/g, ' ').trim()

/**
 * Names that hypervisors give to a processor instead of the real one's: the models of QEMU and libvirt
 * (https://www.qemu.org/docs/master/system/i386/cpu.html), `Xeon Processor` and `Xeon CPU` without a number, as clouds have it.
 */
const guestNames = [
  /\bQEMU\b|\bKVM\b|\bVirtual CPU\b|VirtualApple|^DO-(Regular|Premium)|^pc-(q35|i440fx)|\bvirt-[\d.]+/i,
  /\bEPYC(-\w+)? Processor\b|\bOpteron \d+ \(|\bAMD EPYC$/i,
  /\bXeon(\(R\))?( CPU| Processor)?( E\dxx)?( v\d)?( \(.*\))?( @ [\d.]+GHz)?$/i,
  /\bXeon E3-12xx|\bXeon E312xx|\bCore (2 Duo T7700|i7 9xx|Processor \()|\bWestmere E56xx/i,
]

/** Whether a processor's name is that of a guest of a hypervisor, so that nothing is known of the memory below it. */
export const isGuestName = (model: string | null | undefined) => {
  const name = plainName(model ?? '')
  return name !== '' && guestNames.some(pattern => pattern.test(name))
}

/** Hybrid families of Intel whose fast cores run two threads each. */
const twoThreadHybrids =
  /i[3579]-1[234]\d{3}|i[3579]-1[23]\d{2}[A-Z]|Core\(?T?M?\)? (?:Ultra )?\d 1\d{2}[HU]|Core\(?T?M?\)? (?:Ultra )?\d 2\d{2}U|Core\(?T?M?\)? [3579] 2\d{2}H|Pentium\S* Gold 8\d{3}|Celeron\S* 7\d{3}|Processor U300/i

/**
 * Core Ultra of the second series and later, whose cores run one thread each: fast cores by family and number of cores, the low
 * power ones counted as slow (https://www.intel.com/content/www/us/en/products/details/processors/core-ultra.html).
 */
const oneThreadHybrids: readonly (readonly [family: RegExp, fastOf: Readonly<Record<number, number>>])[] = [
  [/Ultra [3579] 2\d{2}V/i, { 8: 4 }],
  [/Ultra [3579] 2\d{2}H(?!X)/i, { 16: 6, 14: 4 }],
  [/Ultra [3579] 2\d{2}(?!\d|[HUV]\b)/i, { 24: 8, 20: 8, 14: 6, 10: 6 }],
  [/Ultra (?:X)?[3579] 3\d{2}/i, { 16: 4, 12: 4, 8: 4 }],
]

/** Fast and slow cores of Intel's hybrid processors, where no tool tells them apart; null for all others. */
export function hybridOf(model: string | null, physical: number | null, logical: number | null): { fast: number; slow: number } | null {
  if (model === null || physical === null || logical === null) return null
  if (logical === physical) {
    const fast = oneThreadHybrids.find(([family]) => family.test(model))?.[1][physical]
    return fast === undefined ? null : { fast, slow: physical - fast }
  }
  if (!twoThreadHybrids.test(model) || logical < physical || logical >= physical * 2) return null
  return { fast: logical - physical, slow: physical * 2 - logical }
}
