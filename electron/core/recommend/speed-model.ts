import type { Machine } from '../../contract/machine'
import type { RuntimeFacts } from '../runtimes/facts'
import { coresOf } from './cores'
import { coreSpeed, coreTime, type CorePart } from './cpu-work'
import { gpuFlops } from './flops'
import type { ModelSize } from './model-size'
import type { Placement, Share } from './placement'
import { factorsOf, groupOf, integerTops, shippedFactors, type SpeedFactors } from './speed-factors'
import { partOf } from './speed-experts'
import { cacheRead, isKQuant, isQuantised, layerKinds, layerUnits, readOf, stepTime, type CoreTime, type Work } from './speed-work'
import { drawnGBps } from './threads'

/** Stands for a memory bandwidth that is not known: less than one channel pair of DDR4 gives. */
export const assumedMemoryGBps = 20

/** Cached tokens that are read while a typical answer is written. */
export const typicalDepthTokens = 1024

export type DecodeInput = {
  machine: Machine
  placement: Placement
  model: ModelSize
  backend: string
  /** Against the common model: 1 = as llama.cpp's published runs. */
  speedFactor: number
  depthTokens?: number
  /** Sequences decoded in one step; 1 unless asked. */
  streams?: number
  /** Stands for the bandwidth of a GPU that is not known: only for comparing models, never shown. */
  assumedGpuGBps?: number
  flashAttention?: boolean
  /** Threads it computes with on the CPU; all cores where it is not said. */
  threads?: number | null
  /** An engine built before 2025, which launched each kernel by itself. */
  early?: boolean
  /** An engine built before 2026, where experts of more than one stream went through the kernels for prompts. */
  promptKernels?: boolean
  /** Kernels made for batches, as servers have them: they multiply on tensor cores, which outrun any memory. */
  batchKernels?: boolean
  /** Stand for the shipped ones: the bench fits without the device it asks for. */
  factors?: SpeedFactors
}

export type DecodeRate = { tokensPerSecond: number | null; why: string | null; assumedBandwidth: boolean; terms: DecodeTerms | null }
export type DecodeTerms = {
  weightsBytes: number
  layers: number
  cacheBytes: number
  seconds: number
  gpuSeconds: number
  cpuSeconds: number
}

/** Tokens a second of all streams together; null with the reason when a bandwidth it needs is unknown. */
export function decodeRate(input: DecodeInput): DecodeRate {
  const { works, why, assumedBandwidth } = worksOf(input)
  if (works === null) return { tokensPerSecond: null, why, assumedBandwidth, terms: null }
  const time = stepTime(works, input.placement.tensorParallel, input.factors ?? shippedFactors)
  const seconds = time.seconds / input.speedFactor
  const total = (of: (work: Work) => number) => works.reduce((sum, work) => sum + of(work), 0)
  const terms = {
    weightsBytes: total(each => each.bytes),
    layers: input.model.shape.layers,
    cacheBytes: total(each => each.cacheBytes),
    ...time,
    seconds,
  }
  return { tokensPerSecond: (input.streams ?? 1) / seconds, why: null, assumedBandwidth, terms }
}

export type Works = { works: readonly Work[] | null; why: string | null; assumedBandwidth: boolean }

/** What each device does for one step; null where a bandwidth is not known. */
export function worksOf(input: DecodeInput): Works {
  const { placement, model } = input
  const streams = input.streams ?? 1
  const { routing } = input.factors ?? shippedFactors
  const read = readOf(model, { streams, routing, promptKernels: input.promptKernels ?? false })
  const cacheBytes = cacheRead(model, placement.kvQuantisation, input.depthTokens ?? typicalDepthTokens) * streams
  const kinds = layerKinds(model)
  const works: Work[] = []
  let assumedBandwidth = false
  for (const share of placement.shares) {
    const bandwidth = bandwidthOf(share, input)
    const why = bandwidth === null ? whyDark(share) : whyTooOld(share, input)
    if (bandwidth === null || why !== null) return { works: null, why, assumedBandwidth: false }
    assumedBandwidth ||= bandwidth.assumed
    const part = partOf(share, placement, { model, read })
    const ofLayers = part.layers / Math.max(1, kinds.layers)
    const layers = {
      layers: part.layers,
      mixtureLayers: kinds.mixtureLayers * ofLayers * (input.promptKernels ? unfused : 1),
      recurrentLayers: kinds.recurrentLayers * ofLayers * part.recurrentShare,
    }
    works.push({
      ...{ group: groupOf(input.machine, share.device, input.backend), GBps: bandwidth.GBps, tflops: share.device.fp16Tflops },
      integerTops: coreRate(share, input),
      ...{ bytes: part.bytes, weights: part.weights, cacheBytes: cacheBytes * part.cache, ...layers },
      ...{ kQuants: isKQuant(model.quantisation), flashAttention: input.flashAttention ?? true, early: input.early ?? false },
      ...{ onCpu: share.device.kind === 'ram', arithmeticSeconds: arithmeticOf(share, input, part.weights / read.weights) },
      cores: coresTime(share, input, { weights: part.weights, layers: layerUnits(layers, coreUnits) }),
    })
  }
  return { works, why: null, assumedBandwidth }
}

/** More than any device has: an HBM4 part of 2026 has about 20,000 GB/s. */
const mostGBps = 40_000
const isBandwidth = (value: number) => value > 0 && value <= mostGBps

const whyDark = ({ device: { name, bandwidthGBps } }: Share) =>
  bandwidthGBps === null
    ? `The memory bandwidth of ${name} is not known, so its speed cannot be predicted.`
    : `The memory bandwidth of ${name} is told as ${bandwidthGBps} GB/s, which no device has, so its speed cannot be predicted.`

/** Since CUDA 12 begins with Maxwell (its release notes, "deprecated and dropped features"), no engine runs on older cards. */
function whyTooOld({ device }: Share, { machine, backend }: DecodeInput): string | null {
  const capability = backend === 'cuda' ? machine.gpus.find(each => each.id === device.id)?.computeCapability : null
  if (capability == null || Number(capability) >= 5) return null
  return `${device.name} has compute capability ${capability}; engines for CUDA need 5.0, so its speed cannot be predicted.`
}

/** Share of stacked memory that the cores take in on the parts whose rate is known (A100, H100): stands for those where it is not. */
const stackedShare = 0.55

/** Integer operations a second of a device's cores, 10^12. */
function coreRate({ device }: Share, { machine, backend, model, factors, batchKernels }: DecodeInput): number | null {
  if (backend !== 'cuda' || batchKernels) return null
  const gpu = machine.gpus.find(each => each.id === device.id)
  const rate = integerTops(device.fp16Tflops, gpu?.computeCapability ?? null, isQuantised(model.quantisation))
  const group = groupOf(machine, device, backend)
  if (rate !== null || group !== 'cuda.stacked' || device.bandwidthGBps === null) return rate
  return (stackedShare * device.bandwidthGBps) / 1e3 / factorsOf(group, factors).bytesPerOp
}

/**
 * Streams beyond the first cost what a token of a prompt costs, 2 operations for each active weight; quantised weights reach
 * less of the GPU in small batches, all of it at about ninety (microbatches on an RTX 3090, ggml-org/llama.cpp #5434, #17505).
 */
function arithmeticOf(share: Share, input: DecodeInput, part: number): number {
  const streams = input.streams ?? 1
  const flops = streams > 1 && share.device.kind !== 'ram' ? gpuFlops(share.device.fp16Tflops, input) : null
  if (flops === null) return 0
  const reach = isQuantised(input.model.quantisation) ? Math.min(1, 0.3 + streams / 128) : 1
  return (2 * input.model.activeParameters * part * (streams - 1)) / (flops * reach)
}

/** Main memory that is not known is taken as modest. */
function bandwidthOf({ device }: Share, { machine, assumedGpuGBps, threads }: DecodeInput): { GBps: number; assumed: boolean } | null {
  const told = device.bandwidthGBps
  if (told !== null && !isBandwidth(told)) return null
  const known = told ?? (device.kind === 'ram' ? null : (assumedGpuGBps ?? null))
  if (device.kind !== 'ram') return known === null ? null : { GBps: known, assumed: false }
  if (known === null) return { GBps: assumedMemoryGBps, assumed: true }
  return { GBps: drawnGBps(nominalGBps(known, machine), threads), assumed: false }
}

/**
 * Layers of experts in engines built before 2026, which chose, weighed and summed experts in kernels of their own each: twice an
 * ordinary layer where it is 1.3 times now (benches/dgx-spark.md of build 6,918 against runs of 2026).
 */
const unfused = 1.6

/** What a core takes for a layer that routes to experts, and for a recurrent one, against an ordinary one. */
const coreUnits = { mixtureLayers: 2, recurrentLayers: 4 }

/** Cores that are not known are never the limit: then memory alone decides. */
function coresTime({ device }: Share, input: DecodeInput, part: Omit<CorePart, 'output'>): CoreTime | null {
  if (device.kind !== 'ram') return null
  const { sharedSeconds, aloneSeconds } = coreTime(input.model, { ...part, output: input.placement.gpuLayers === 0 })
  const cores = input.threads ?? coresOf(input.machine)
  const speed = coreSpeed(input.machine.cpu)
  return { sharedSeconds: cores === null ? 0 : sharedSeconds / cores / speed, aloneSeconds: aloneSeconds / speed }
}

/** Plain reading reaches about four fifths of what modules and table promise, and the efficiency is against the promise. */
const readShare = 0.8

const nominalGBps = (known: number, { origins }: Machine) => (origins['memory.bandwidthGBps']?.kind === 'probe' ? known / readShare : known)

export type ScaleInput = DecodeInput & { users: number; slots: number; kind: RuntimeFacts['concurrency']['kind'] }

/**
 * How much all users together get against one of them. A batch reads the weights once for all streams, so its rate follows
 * from the step of that many (`decodeRate`; against llama.cpp's batched-bench on a GB10, ggml-org/llama.cpp #16578, see
 * bench:predict). Slots gain about its 0.6th power, since prompts interrupt them (llama.cpp on an RTX 4090: 250 against 120
 * tok/s at ten users, published April 2026); a queue gains nothing but overlap; on a CPU eight sequences give 1.6 times one
 * (our own runs of llama-server, November 2026).
 */
export function concurrencyScale(input: ScaleInput): number {
  const together = Math.min(input.users, Math.max(1, input.slots))
  if (input.placement.gpuLayers === 0) return together ** 0.225
  const [one, all] = [1, together].map(streams => decodeRate({ ...input, streams }).tokensPerSecond)
  const gain = one && all ? Math.max(1, all / one) : 1
  if (input.kind === 'batched') return gain
  return input.kind === 'slots' ? gain ** 0.6 : gain ** 0.15
}
