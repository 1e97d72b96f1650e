import * as z from 'zod'
import type { Gpu } from '../../contract/machine'
import gpus from '../../../resources/knowledge/gpus.json'
import more from '../../../resources/knowledge/gpus-more.json'
import pciDevices from '../../../resources/knowledge/pci-devices.json'
import morePciDevices from '../../../resources/knowledge/pci-devices-more.json'
import { isVariant, modelOf, namesIn, wordsOf } from './gpu-words'

export { cardOfShare, namesIn, wordsOf } from './gpu-words'

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
  /** Cores of the processor of the same chip, where these tell the size of its GPU. */
  cpuCores: z.number().optional(),
  source: z.string().nullable(),
})

export type GpuEntry = z.infer<typeof entrySchema>

/** Older and rarer models: the same columns but for the cores, as rows, to keep the file small. */
const moreSchema = z.object({
  sourceBase: z.string(),
  rows: z.array(
    z.tuple([
      z.string(),
      z.string(),
      z.string(),
      z.number(),
      z.number(),
      z.string().nullable(),
      z.number().nullable(),
      z.string().nullable(),
      z.string(),
    ]),
  ),
})

function rareEntries(): GpuEntry[] {
  const { sourceBase, rows } = moreSchema.parse(more)
  return rows.map(([name, vendor, architecture, vramGb, bandwidthGBps, memoryType, fp16Tflops, computeCapability, page]) => ({
    ...{ name, vendor, architecture, vramGb, bandwidthGBps, memoryType, fp16Tflops, computeCapability },
    ...{ gpuCores: null, source: `${sourceBase}${page}` },
  }))
}

type Indexed = { entry: GpuEntry; words: readonly string[]; model: string }

/** Words are taken apart once, at the first question. */
let index: readonly Indexed[] | null = null
const indexed = () =>
  (index ??= [...z.array(entrySchema).parse(gpus), ...rareEntries()].map(entry => {
    const words = wordsOf(entry.name)
    return { entry, words, model: modelOf(words) }
  }))

export type GpuQuestion = {
  vendor: Gpu['vendor']
  name: string
  vramMiB: number | null
  gpuCores?: number | null
  /** Cores of the chip's processor, for an Apple GPU whose own were not read. */
  cpuCores?: number | null
  /** The name goes on where a tool cut it off. */
  isCut?: boolean
  /** The most that it may draw; tells a laptop's GPU from a card where the name does not. */
  powerLimitW?: number | null
}

const deviceSchema = z.object({ devices: z.record(z.string(), z.string()) })
let devices: Readonly<Record<string, string>> | null = null
const allDevices = () => (devices ??= { ...deviceSchema.parse(morePciDevices).devices, ...deviceSchema.parse(pciDevices).devices })

/** The model that a PCI vendor and device number stand for, `10de:2684` -> GeForce RTX 4090; alternatives apart by `/`. */
export const deviceName = (pciId: string | null | undefined): string | null => (pciId ? (allDevices()[pciId.toLowerCase()] ?? null) : null)

/**
 * The table's entry for a GPU: every word of the model must be the same, and where several variants are left the memory and
 * the form factor decide; `RTX 3050 Ti Laptop GPU` is therefore never taken for an `RTX 3050`. Null when none is sure.
 */
export function findGpu(question: GpuQuestion): GpuEntry | null {
  const asked = namesIn(question.name).map(wordsOf)
  const fitting = candidates(question)
  if (question.vendor === 'apple') return byCores(fitting, question.gpuCores ?? gpuCoresBeside(fitting, question.cpuCores ?? null))
  const models = new Set(fitting.map(entry => modelOf(wordsOf(entry.name))))
  // `RX 7900 XT/7900 XTX` with unknown memory could be either.
  if (models.size > 1) return null
  const variants = (words: readonly string[]) => new Set(words.filter(isVariant).map(word => word.replace(/^sxm\d/, 'sxm')))
  const wanted = variants(asked[0] ?? [])
  const score = (entry: GpuEntry) => {
    const given = variants([...wordsOf(entry.name), ...wordsOf(entry.memoryType ?? '')])
    return [...wanted].filter(word => given.has(word)).length
  }
  // Among equals the slower one: a promise that is too low does less harm.
  return [...fitting].sort((a, b) => score(b) - score(a) || (a.bandwidthGBps ?? 0) - (b.bandwidthGBps ?? 0))[0] ?? null
}

/** The most that makers let a laptop's GPU draw (175 W); cards whose names are too long for nvidia-smi's table draw more. */
const laptopWatts = 175

/** All entries that the name and the memory allow; where a table cut the name, a low limit of power leaves laptops' GPUs alone. */
function candidates(question: GpuQuestion): GpuEntry[] {
  const fitting = named(question).filter(entry => memoryAgrees(entry, question.vramMiB))
  const mobile = fitting.filter(entry => wordsOf(entry.name).includes('mobile'))
  const isLaptops = question.isCut === true && (question.powerLimitW ?? Infinity) <= laptopWatts && mobile.length > 0
  return isLaptops ? mobile : fitting
}

/** All entries that the name allows. */
function named({ vendor, name, isCut, vramMiB }: GpuQuestion): GpuEntry[] {
  const asked = namesIn(name).map(wordsOf)
  const own = indexed().filter(each => each.entry.vendor === vendor)
  const same = isCut ? isLonger : sameModel
  const exact = own.filter(each => asked.some(words => same(words, each)))
  if (exact.some(({ entry }) => memoryAgrees(entry, vramMiB)) || isCut) return exact.map(({ entry }) => entry)
  // Drivers gave laptops' GPUs a name of their own only from 2021 on: `GeForce GTX 1050` with 4 GB is the mobile one, and
  // `RTX 2050` has no other.
  const mobile = own.filter(
    each => (exact.length === 0 || isBeforeAmpere(each.entry)) && asked.some(words => sameModel([...words, 'mobile'], each)),
  )
  return [...exact, ...mobile].map(({ entry }) => entry)
}

const isBeforeAmpere = ({ vendor, architecture }: GpuEntry) =>
  vendor === 'nvidia' && /^(Kepler|Maxwell|Pascal|Turing)/.test(architecture ?? '')

/** Sisters that differ by no more than this count as one for an estimate. */
const sistersDiffer = 1.25

export type Sister = Pick<GpuEntry, 'name' | 'bandwidthGBps' | 'fp16Tflops' | 'computeCapability'> & { isShared: boolean }

/**
 * The least that a GPU has which may be one of several sisters (`RX 6800/6800 XT/6900 XT`) or has another amount of memory
 * than its model is listed with, where those differ little; null where the name allows one, none, or cards that differ much.
 */
export function slowestSister(question: GpuQuestion): Sister | null {
  const fitting = candidates(question)
  const sisters = fitting.length > 0 ? fitting : named(question)
  const isSettled = fitting.length === 1
  const rates = sisters.flatMap(entry => entry.bandwidthGBps ?? [])
  if (sisters.length === 0 || isSettled || rates.length < sisters.length || Math.max(...rates) > Math.min(...rates) * sistersDiffer)
    return null
  const tflops = sisters.flatMap(entry => entry.fp16Tflops ?? [])
  const capabilities = new Set(sisters.map(entry => entry.computeCapability))
  return {
    name: [...new Set(sisters.map(entry => entry.name))].join(' or '),
    isShared: sisters.every(entry => entry.vramGb === null),
    bandwidthGBps: Math.min(...rates),
    fp16Tflops: tflops.length === sisters.length ? Math.min(...tflops) : null,
    computeCapability: capabilities.size === 1 ? ([...capabilities][0] ?? null) : null,
  }
}

/** The sizes of memory that a model is sold with, GB, the smallest first; a size in its name (`A100 PCIe 80GB`) leaves that one. */
export function sizesOf(question: GpuQuestion): number[] {
  const sizes = [...new Set(candidates({ ...question, vramMiB: null }).flatMap(entry => entry.vramGb ?? []))]
  const words = wordsOf(namesIn(question.name)[0] ?? '')
  const named = sizes.filter(size => words.includes(`${size}gb`))
  return (named.length > 0 ? named : sizes).toSorted((one, other) => one - other)
}

const sameModel = (asked: readonly string[], { model }: Indexed) => modelOf(asked) === model && model !== ''

/** A name that a table cut off goes on: `RTX 4060 ...` is a Ti or a laptop's, never the plain card, whose name fits. */
function isLonger(asked: readonly string[], { words }: Indexed): boolean {
  const [short, whole] = [asked.join(' '), words.join(' ')]
  return short !== '' && whole.length > short.length && whole.startsWith(short)
}

/** Tools report up to 7 % less than the box says (ECC, firmware). */
function memoryAgrees(entry: GpuEntry, vramMiB: number | null): boolean {
  if (entry.vramGb === null || vramMiB === null || entry.memoryType?.startsWith('LPDDR')) return true
  const ratio = vramMiB / (entry.vramGb * 1024)
  return ratio > 0.9 && ratio < 1.04
}

/** Apple sells some processors with one GPU only: 16 cores of an M4 Max come with 40 of the GPU, 14 with 32. */
const gpuCoresBeside = (named: readonly GpuEntry[], cpuCores: number | null): number | null =>
  cpuCores === null ? null : (named.find(entry => entry.cpuCores === cpuCores)?.gpuCores ?? null)

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
