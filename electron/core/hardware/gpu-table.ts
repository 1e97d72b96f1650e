import * as z from 'zod'
import type { Gpu } from '../../contract/machine'
import gpus from '../../../resources/knowledge/gpus.json'

const entrySchema = z.object({
  name: z.string(),
  vendor: z.string(),
  architecture: z.string().nullable(),
  /** Null where the memory is the machine's own. */
  vramGb: z.number().nullable(),
  bandwidthGBps: z.number().nullable(),
  memoryType: z.string().nullable(),
  /** Dense FP16 rate of the shaders, without tensor cores. */
  fp16Tflops: z.number().nullable(),
  computeCapability: z.string().nullable(),
  /** Cores of the GPU, where one name stands for several sizes (Apple). */
  gpuCores: z.number().nullable(),
  source: z.string().nullable(),
})

export type GpuEntry = z.infer<typeof entrySchema>

const entries: readonly GpuEntry[] = z.array(entrySchema).parse(gpus)

export type GpuQuestion = { vendor: Gpu['vendor']; name: string; vramMiB: number | null; gpuCores?: number | null }

/** Words that say nothing about the model: makers, marks and what every name has. */
const noise = new Set([
  'nvidia',
  'amd',
  'intel',
  'ati',
  'corporation',
  'r',
  'tm',
  'graphics',
  'gpu',
  'radeon',
  'instinct',
  'geforce',
  'series',
  'edition',
  'workstation',
  'oam',
  'generation',
  'tesla',
])
/** Words that only tell variants of one model apart: form factor and kind of memory. */
const isVariant = (word: string) => /^(pcie|sxm\d?|hbm\d?e?|\d+gb|server|gddr\d\w?)$/.test(word)

/** `NVIDIA A100-SXM4-80GB` -> a100 sxm4 80gb; laptops are `mobile`, as the table calls them. */
export function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .replace(/laptop( gpu)?/g, 'mobile')
    .replace(/\bmax-q\b/g, 'maxq')
    .replace(/(\d+)\s*gb\b/g, '$1gb')
    .replace(/\(.*?\)/g, ' ')
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '' && !noise.has(word))
}

/**
 * The table's entry for a GPU: every word of the model must be the same, and where several variants are left the memory and
 * the form factor decide; `RTX 3050 Ti Laptop GPU` is therefore never taken for an `RTX 3050`. Null when none is sure.
 */
export function findGpu(question: GpuQuestion): GpuEntry | null {
  const asked = namesIn(question.name).map(wordsOf)
  const named = entries.filter(entry => entry.vendor === question.vendor && asked.some(words => sameModel(words, wordsOf(entry.name))))
  if (question.vendor === 'apple') return byCores(named, question.gpuCores ?? null)
  const fitting = named.filter(entry => memoryAgrees(entry, question.vramMiB))
  const models = new Set(fitting.map(entry => modelOf(wordsOf(entry.name))))
  // `RX 7900 XT/7900 XTX` with unknown memory could be either.
  if (models.size > 1) return null
  const variants = (words: readonly string[]) => new Set(words.filter(isVariant))
  const wanted = variants(asked[0] ?? [])
  const score = (entry: GpuEntry) => {
    const given = variants([...wordsOf(entry.name), ...wordsOf(entry.memoryType ?? '')])
    return [...wanted].filter(word => given.has(word)).length
  }
  // Among equals the slower one: a promise that is too low does less harm.
  return [...fitting].sort((a, b) => score(b) - score(a) || (a.bandwidthGBps ?? 0) - (b.bandwidthGBps ?? 0))[0] ?? null
}

/** Names in `Navi 31 [Radeon RX 7900 XT/7900 XTX]`: what is in brackets, one per alternative. */
export function namesIn(name: string): string[] {
  const inner = /\[([^\]]+)\]/.exec(name)?.[1] ?? name
  const [first = '', ...others] = inner.split(/\s*\/\s*/)
  const family = first.replace(/\s+\S*\d.*$/, '')
  return [first, ...others.map(other => (/^(Radeon|GeForce|Arc|AMD|NVIDIA)/i.test(other) ? other : `${family} ${other}`))]
}

const modelOf = (words: readonly string[]) => words.filter(word => !isVariant(word)).join(' ')
const sameModel = (asked: readonly string[], given: readonly string[]) => modelOf(asked) === modelOf(given) && modelOf(asked) !== ''

/** Tools report up to 7 % less than the box says (ECC, firmware). */
function memoryAgrees(entry: GpuEntry, vramMiB: number | null): boolean {
  if (entry.vramGb === null || vramMiB === null || entry.memoryType?.startsWith('LPDDR')) return true
  const ratio = vramMiB / (entry.vramGb * 1024)
  return ratio > 0.9 && ratio < 1.04
}

/** One Apple chip comes with several GPUs: the entry of that size, or the nearest if all sizes have the same bandwidth. */
function byCores(named: readonly GpuEntry[], cores: number | null): GpuEntry | null {
  const exact = named.find(entry => entry.gpuCores === cores)
  if (exact) return exact
  const slowest = [...named].sort((a, b) => (a.bandwidthGBps ?? 0) - (b.bandwidthGBps ?? 0))
  const [first] = slowest
  if (!first) return null
  if (named.every(entry => entry.bandwidthGBps === first.bandwidthGBps) || cores === null) return scaled(first, cores)
  return scaled(slowest.filter(entry => (entry.gpuCores ?? 0) <= cores).at(-1) ?? first, cores)
}

/** Shader rate grows with the number of cores at the same clock. */
function scaled(entry: GpuEntry, cores: number | null): GpuEntry {
  if (cores === null || entry.gpuCores === null || entry.fp16Tflops === null) return entry
  return { ...entry, gpuCores: cores, fp16Tflops: Math.round((entry.fp16Tflops * cores * 10) / entry.gpuCores) / 10 }
}
