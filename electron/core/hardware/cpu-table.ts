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
  isa: z.string().nullable(),
  source: z.string(),
})

export type CpuEntry = Omit<z.infer<typeof entrySchema>, 'isa'> & { isa: readonly string[] }

const x86 = ['SSE4.2', 'AVX', 'F16C', 'FMA', 'AVX2']

/** Instruction sets by generation, for systems whose tools list none (Windows), as the makers' manuals state them. */
const families: Readonly<Record<string, readonly string[]>> = {
  ivy: ['SSE4.2', 'AVX', 'F16C'],
  haswell: x86,
  zen: x86,
  alder: [...x86, 'AVX_VNNI'],
  'skylake-sp': [...x86, 'AVX512'],
  cascade: [...x86, 'AVX512', 'AVX512_VNNI'],
  sapphire: [...x86, 'AVX_VNNI', 'AVX512', 'AVX512_VNNI', 'AVX512_BF16', 'AMX'],
  zen4: [...x86, 'AVX512', 'AVX512_VNNI', 'AVX512_BF16'],
  zen5: [...x86, 'AVX_VNNI', 'AVX512', 'AVX512_VNNI', 'AVX512_BF16'],
  oryon: ['NEON', 'DOTPROD', 'I8MM', 'BF16'],
  kunpeng: ['NEON', 'DOTPROD'],
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
  const text = names.filter(name => name).join(' ')
  return text === '' ? null : (entries.find(({ pattern }) => pattern.test(text))?.entry ?? null)
}

/** Intel's hybrid Core processors: only fast cores run two threads, so that the rest of the sum tells how many there are. */
export function hybridOf(model: string | null, physical: number | null, logical: number | null): { fast: number; slow: number } | null {
  const isHybrid = /i[3579]-1[234]\d{3}|Core\(?T?M?\)? (?:Ultra )?\d 1\d{2}[HU]/i.test(model ?? '')
  if (!isHybrid || physical === null || logical === null || logical <= physical || logical >= physical * 2) return null
  return { fast: logical - physical, slow: physical * 2 - logical }
}
