import type { Machine } from '../../contract/machine'
import { kvBytesPerCell } from './kv-cache'
import type { ModelSize } from './model-size'
import type { Placement, Share } from './placement'

/**
 * Decode time of one token: weights read / (efficiency x bandwidth) + a fixed cost per layer + cache read / (efficiency x
 * bandwidth). Constants fitted on 199 published single-GPU llama.cpp runs of dense models (scoreboards
 * ggml-org/llama.cpp #15013 CUDA, #4167 Metal, #10879 Vulkan, #15021 ROCm; November 2026): median error 10 % with one
 * device left out. `spread` is the share up and down within which two thirds of those runs lie.
 */
export const backendConstants: Readonly<Record<string, { efficiency: number; layerMicroseconds: number; spread: number }>> = {
  cuda: { efficiency: 0.82, layerMicroseconds: 45, spread: 0.15 },
  metal: { efficiency: 0.94, layerMicroseconds: 180, spread: 0.15 },
  vulkan: { efficiency: 0.84, layerMicroseconds: 145, spread: 0.25 },
  rocm: { efficiency: 0.64, layerMicroseconds: 5, spread: 0.2 },
  cann: { efficiency: 0.5, layerMicroseconds: 100, spread: 0.4 },
  cpu: { efficiency: 0.7, layerMicroseconds: 20, spread: 0.35 },
}

/** Mixtures of experts reach less of the bandwidth: 0.60-0.78 against 0.82 on the same machine (GB10, llama.cpp #16578). */
const mixtureEfficiency = 0.82

/**
 * One stream does not fill very wide memory: beyond the knee the bandwidth reached grows with its 0.3rd power only. Seen for
 * HBM parts (A100, H100) and for Macs above 600 GB/s in the same runs; GDDR7 cards of that bandwidth do fill it.
 */
const saturation: Readonly<Record<string, { kneeGBps: number; parts: RegExp }>> = {
  cuda: { kneeGBps: 1000, parts: /\b(A100|H100|H200|GH200|H800|A800|B200|V100|A30)\b/ },
  metal: { kneeGBps: 600, parts: /./ },
}

/** GB/s that one stream sees, before efficiency. */
export function streamGBps(GBps: number, device: { name: string }, backend: string): number {
  const limit = saturation[backend]
  if (!limit || GBps <= limit.kneeGBps || !limit.parts.test(device.name)) return GBps
  return limit.kneeGBps * (GBps / limit.kneeGBps) ** 0.3
}

/**
 * What one core streams while decoding, GB/s: llama.cpp on an AVX-512 server core, SmolLM2-135M Q4_1, 92 MiB read per token
 * at 90 tok/s with one thread and 147 with two (our own runs, November 2026).
 */
const perCoreGBps = 7.5
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
  /** Stands for the bandwidth of a GPU that is not known: only for comparing models, never shown. */
  assumedGpuGBps?: number
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

/** Decode rate of one stream; null with the reason when a bandwidth it needs is unknown. */
export function decodeRate(input: DecodeInput): DecodeRate {
  const { placement, model } = input
  const activeShare = Math.min(1, model.activeParameters / model.parameters)
  const depth = input.depthTokens ?? typicalDepthTokens
  const cacheBytes = cacheRead(model, placement.kvQuantisation, depth)
  const times: { seconds: number; onCpu: boolean }[] = []
  let assumedBandwidth = false
  for (const share of placement.shares) {
    const bandwidth = bandwidthOf(share, input)
    if (bandwidth === null) {
      const why = `The memory bandwidth of ${share.device.name} is not known, so its speed cannot be predicted.`
      return { tokensPerSecond: null, why, assumedBandwidth: false, terms: null }
    }
    assumedBandwidth ||= bandwidth.assumed
    const onCpu = share.device.kind === 'ram'
    const constants = constantsOf(onCpu ? 'cpu' : input.backend)
    const efficiency = constants.efficiency * (activeShare < 1 ? mixtureEfficiency : 1)
    const ofLayers = model.shape.layers > 0 ? share.layers / model.shape.layers : 1
    const read = share.weightsMiB * 1024 * 1024 * activeShare + (cacheBytes * ofLayers) / placement.tensorParallel
    const perLayer = (share.layers * constants.layerMicroseconds) / 1e6
    times.push({ seconds: read / (efficiency * streamGBps(bandwidth.GBps, share.device, input.backend) * 1e9) + perLayer, onCpu })
  }
  const sum = (cpu: boolean) => times.filter(each => each.onCpu === cpu).reduce((total, each) => total + each.seconds, 0)
  const parallel = placement.tensorParallel > 1
  // Cards of a tensor-parallel group work at once; what they exchange after each layer costs about a sixth.
  const gpuSeconds = parallel ? Math.max(...times.map(each => each.seconds)) * 1.17 : sum(false)
  const cpuSeconds = parallel ? 0 : sum(true)
  const seconds = (gpuSeconds + cpuSeconds) / input.speedFactor
  const terms = { weightsBytes: model.weightsBytes * activeShare, layers: model.shape.layers, cacheBytes, seconds, gpuSeconds, cpuSeconds }
  return { tokensPerSecond: 1 / seconds, why: null, assumedBandwidth, terms }
}

export const constantsOf = (backend: string) => backendConstants[backend] ?? { efficiency: 0.6, layerMicroseconds: 100, spread: 0.4 }

function cacheRead(model: ModelSize, quantisation: Placement['kvQuantisation'], depth: number): number {
  const { shape } = model
  const perCell = kvBytesPerCell(shape, quantisation)
  const sliding = Math.min(depth, shape.slidingWindow ?? depth)
  return perCell * (shape.fullAttentionLayers * depth + shape.slidingLayers * sliding)
}

/** On the CPU whichever is less: what the memory gives or what the cores can stream. */
function bandwidthOf(share: Share, { machine, assumedGpuGBps }: DecodeInput): { GBps: number; assumed: boolean } | null {
  const known = share.device.bandwidthGBps ?? (share.device.kind === 'ram' ? null : (assumedGpuGBps ?? null))
  if (share.device.kind !== 'ram') return known === null ? null : { GBps: known, assumed: false }
  const cores = coresOf(machine)
  const streamable = cores === null ? assumedMemoryGBps : cores * perCoreGBps * (1 / constantsOf('cpu').efficiency)
  return { GBps: Math.min(known ?? assumedMemoryGBps, streamable), assumed: known === null }
}

export const coresOf = (machine: Machine): number | null =>
  machine.cpu.performanceCores ??
  machine.cpu.physicalCores ??
  (machine.cpu.logicalCores === null ? null : Math.ceil(machine.cpu.logicalCores / 2))

/** Aggregate over single stream at 1, 2, 4, 8, 16, 32 streams (GB10, llama.cpp batched-bench, ggml-org/llama.cpp #16578). */
const streams = [1, 2, 4, 8, 16, 32]
const denseScale = [1, 1.86, 3.57, 6.7, 11.5, 20.3]
const mixtureScale = [1, 1.11, 1.77, 2.8, 4.2, 6.4]

export type ScaleInput = { users: number; slots: number; kind: 'batched' | 'slots' | 'queue'; mixture: boolean; onCpu: boolean }

/**
 * How much all users together get against one of them. Batched engines follow the measured curve. Slots gain about its
 * 0.6th power (llama.cpp on an RTX 4090: 250 against 120 tok/s at ten users, published April 2026); a queue gains nothing
 * but overlap; on a CPU eight sequences give 1.6 times one (our own runs of llama-server, November 2026).
 */
export function concurrencyScale(input: ScaleInput): number {
  const together = Math.min(input.users, Math.max(1, input.slots))
  if (input.onCpu) return together ** 0.225
  const curve = interpolate(together, input.mixture ? mixtureScale : denseScale)
  if (input.kind === 'batched') return curve
  return input.kind === 'slots' ? curve ** 0.6 : curve ** 0.15
}

function interpolate(value: number, curve: readonly number[]): number {
  const last = streams.length - 1
  const after = streams.findIndex(stream => stream >= value)
  // Beyond the measured range the curve flattens: half of each further doubling.
  if (after === -1) return (curve[last] ?? 1) * (1 + 0.5 * Math.min(2, Math.log2(value / 32)))
  if (after === 0) return 1
  const [x0, x1] = [streams[after - 1] ?? 1, streams[after] ?? 1]
  const [y0, y1] = [curve[after - 1] ?? 1, curve[after] ?? 1]
  return y0 + ((value - x0) / (x1 - x0)) * (y1 - y0)
}
