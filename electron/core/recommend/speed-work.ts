import { kvBytesPerLayer } from './kv-cache'
import type { ModelSize } from './model-size'
import { factorsOf, type GroupFactors, type SpeedFactors } from './speed-factors'

/** What a CPU's cores take for one step, seconds. */
export type CoreTime = {
  /** Shared by all cores. */
  sharedSeconds: number
  /** On one core whatever their number. */
  aloneSeconds: number
}

/** What one device does for one decode step. */
export type Work = {
  group: string
  GBps: number
  tflops: number | null
  /** Integer operations a second of the cores, 10^12; null where unknown or never the limit. */
  integerTops: number | null
  /** Weights read, bytes, and how many they are. */
  bytes: number
  weights: number
  kQuants: boolean
  layers: number
  /** Of the layers, those that route to experts and those that are recurrent. */
  mixtureLayers: number
  recurrentLayers: number
  /** Cache read by all streams of the step, bytes. */
  cacheBytes: number
  flashAttention: boolean
  /** An engine built before 2025. */
  early: boolean
  /** Arithmetic of the streams beyond the first, seconds: a single one hides behind the memory. */
  arithmeticSeconds: number
  /** What the cores of a CPU take for the same weights, and what they take beside them (cpu-work.ts); null on a GPU. */
  cores: CoreTime | null
  onCpu: boolean
}

/** Both limits are felt near the point where they meet: norm of this order instead of the greater of the two. */
const roofNorm = 4

/**
 * Seconds of one step on one device: max(bytes / (efficiency x bandwidth), bytes / what the cores take in, weights x
 * operations / shader rate) + layers x fixed cost + cache / (efficiency x bandwidth) + arithmetic of further streams. The
 * roofline of Williams, Waterman and Patterson (CACM 52, 2009) with a fixed cost per layer.
 */
export function secondsOf(work: Work, factors: GroupFactors): number {
  const { kneeGBps, beyond } = factors
  const stream = kneeGBps !== null && work.GBps > kneeGBps ? kneeGBps * (work.GBps / kneeGBps) ** beyond : work.GBps
  const memory = work.bytes / (factors.efficiency * (work.kQuants ? factors.kQuants : 1) * stream * 1e9)
  const early = work.early ? factors.early : 1
  const unpacking = work.kQuants && work.tflops !== null ? (work.weights * factors.opsPerWeight * early) / (work.tflops * 1e12) : 0
  const taking = factors.bytesPerOp > 0 && work.integerTops !== null ? work.bytes / (factors.bytesPerOp * work.integerTops * 1e12) : 0
  const weights =
    (memory ** roofNorm + unpacking ** roofNorm + taking ** roofNorm + (work.cores?.sharedSeconds ?? 0) ** roofNorm) ** (1 / roofNorm)
  const layers = work.cores?.aloneSeconds ?? (layerUnits(work, factors) * factors.layerMicroseconds * early) / 1e6
  const cache = work.cacheBytes / ((work.flashAttention ? factors.cache : factors.cachePlain) * stream * 1e9)
  return weights + layers + cache + work.arithmeticSeconds
}

export type StepTime = { seconds: number; gpuSeconds: number; cpuSeconds: number }

/** Cards of a tensor-parallel group exchange results after each layer, which costs about a sixth. */
const exchange = 1.17

/** One step over all devices: one after another layer by layer, at once in a tensor-parallel group. */
export function stepTime(works: readonly Work[], tensorParallel: number, factors: SpeedFactors): StepTime {
  const timed = works
    .map(work => ({ work, own: factorsOf(work.group, factors) }))
    .map(({ work, own }) => ({ ...work, own, seconds: secondsOf(work, own) }))
  if (tensorParallel > 1) {
    const seconds = Math.max(...timed.map(each => each.seconds)) * exchange
    return { seconds, gpuSeconds: seconds, cpuSeconds: 0 }
  }
  const gpus = timed.filter(each => !each.onCpu)
  const handing = gpus.slice(1).reduce((sum, { own }) => sum + own.crossMicroseconds / 1e6, 0)
  const gpuSeconds = gpus.reduce((sum, each) => sum + each.seconds, handing)
  const cpuSeconds = timed.filter(each => each.onCpu).reduce((sum, each) => sum + each.seconds, 0)
  return { seconds: gpuSeconds + cpuSeconds, gpuSeconds, cpuSeconds }
}

/** What a step reads, and how much of it are experts. */
export type Read = { bytes: number; weights: number; expertBytes: number; expertWeights: number }
export type Step = { streams: number; routing: number; promptKernels: boolean }

/**
 * What experts cost in kernels made for prompts, against those for single tokens: half more at four streams, least at many
 * (micro-benchmarks of ggml-org/llama.cpp #18958, which ended it: 1.9 to 2.6 of the operation at four, 1.1 to 1.6 at eight).
 */
const promptKernelCost = (streams: number) => (streams > 1 ? 1 + 2 / streams : 1)

/**
 * Weights that a step of `streams` sequences reads. The embedding table is only looked up, unless it is the output as
 * well. Of E experts with k used per token, B tokens touch 1 - (1 - k/E)^(B^routing).
 */
export function readOf(model: ModelSize, { streams, routing, promptKernels }: Step): Read {
  const { shape, parameters, activeParameters } = model
  const table = tiedOutput(model) ? 0 : shape.vocabulary * shape.hidden
  const perWeight = model.weightsBytes / parameters
  if (activeParameters >= parameters) return { ...noExperts, bytes: (parameters - table) * perWeight, weights: parameters - table }
  // Not a mixture: part of the parameters is looked up, not multiplied (per-layer embeddings of Gemma).
  if (shape.experts === null) return { ...noExperts, bytes: activeParameters * perWeight, weights: activeParameters }
  const { always, experts, used, alwaysBytes, expertBytes } = mixtureOf(model, table)
  const touched = (1 - (1 - used) ** (streams ** routing)) * (promptKernels ? promptKernelCost(streams) : 1)
  const routed = { expertBytes: expertBytes * touched, expertWeights: experts * touched }
  return { ...routed, bytes: alwaysBytes + routed.expertBytes, weights: always + routed.expertWeights }
}

const noExperts = { expertBytes: 0, expertWeights: 0 }

/** What of a mixture is always read and what are experts, weights and bytes, and the share of the experts that a token uses. */
function mixtureOf(model: ModelSize, table: number) {
  const used = routedShare(model)
  const { always, experts } = expertSplit(model, used, table)
  const perWeight = model.weightsBytes / model.parameters
  // MXFP4 is for experts only; the rest of such files is Q8_0 or wider (converted files of gpt-oss).
  const alwaysPerWeight = isMxfp4(model) ? Math.max(perWeight, 8.5 / 8) : perWeight
  const alwaysBytes = always * alwaysPerWeight
  return { always, experts, used, alwaysBytes, expertBytes: model.weightsBytes - alwaysBytes - table * alwaysPerWeight }
}

/** Bytes of all experts of a mixture; 0 of a dense model. */
export function expertBytes(model: ModelSize): number {
  const { shape, parameters, activeParameters } = model
  if (activeParameters >= parameters || shape.experts === null) return 0
  return mixtureOf(model, tiedOutput(model) ? 0 : shape.vocabulary * shape.hidden).expertBytes
}

const isMxfp4 = ({ quantisation }: ModelSize) => /mxfp4/i.test(quantisation ?? '')

/** Share of the experts that one token uses. */
function routedShare({ shape, parameters, activeParameters }: ModelSize): number {
  if (shape.experts && shape.expertsUsed) return shape.expertsUsed / shape.experts
  return Math.max(0.01, (activeParameters / parameters) * 0.7)
}

/**
 * Attention and output are always read, the rest are experts. Where that explains less than the model's card says is
 * active, there are shared experts or dense layers, and the split follows from both counts.
 */
function expertSplit({ shape, parameters, activeParameters }: ModelSize, used: number, table: number) {
  const attention = shape.layers * shape.hidden * (2 * shape.heads + 2 * shape.kvHeads) * shape.headDim
  const always = attention + shape.vocabulary * shape.hidden
  const experts = parameters - always - table
  const explained = always + experts * used
  if (experts > 0 && explained > 0.85 * activeParameters && explained < 1.25 * activeParameters) return { always, experts }
  const routed = Math.min(0.99 * parameters, (parameters - activeParameters) / (1 - used))
  return { always: Math.max(0, parameters - table - routed), experts: routed }
}

/** Small models use the embedding table as output; above 4 billion parameters only few families do (Gemma, Cohere). */
export function tiedOutput({ shape, parameters, layerBytes, weightsBytes, ...known }: ModelSize): boolean {
  if (known.tiedOutput !== undefined) return known.tiedOutput
  if (layerBytes !== null) {
    const outside = weightsBytes - layerBytes.reduce((sum, bytes) => sum + bytes, 0)
    return outside < shape.vocabulary * shape.hidden * (weightsBytes / parameters) * 1.5
  }
  return parameters < 4.1e9 || shape.vocabulary >= 255_000
}

/**
 * Layers in units of an ordinary one, by what is launched for each: one that routes to experts launches more kernels (scores,
 * sorting, gathering, and their sum), a recurrent one (gated delta net, Mamba) updates a state in small steps.
 */
export const layerUnits = (
  { layers, mixtureLayers, recurrentLayers }: Pick<Work, 'layers' | 'mixtureLayers' | 'recurrentLayers'>,
  units: Pick<GroupFactors, 'mixtureLayers' | 'recurrentLayers'>,
) => layers + mixtureLayers * (units.mixtureLayers - 1) + recurrentLayers * (units.recurrentLayers - 1)

/** Layers of a model by kind. */
export function layerKinds({ shape, parameters, activeParameters }: ModelSize) {
  const recurrentLayers = Math.max(0, shape.layers - shape.fullAttentionLayers - shape.slidingLayers)
  const isMixture = activeParameters < parameters && shape.experts !== null
  return { layers: shape.layers, mixtureLayers: isMixture ? shape.layers : 0, recurrentLayers }
}

/** Bytes of cache that one sequence of `depthTokens` reads for each token; a recurrent state is read and written whole. */
export function cacheRead(
  model: ModelSize,
  quantisation: Parameters<typeof kvBytesPerLayer>[1]['kvQuantisation'],
  depthTokens: number,
): number {
  const { shape } = model
  const perToken = kvBytesPerLayer(shape, { contextTokens: 256, kvQuantisation: quantisation })
  const sliding = Math.min(depthTokens, shape.slidingWindow ?? depthTokens)
  const recurrent = Math.max(0, shape.layers - shape.fullAttentionLayers - shape.slidingLayers)
  const attention =
    (perToken.full / 256) * shape.fullAttentionLayers * depthTokens + (perToken.sliding / 256) * shape.slidingLayers * sliding
  return attention + 2 * shape.recurrentStateBytes * recurrent
}

/** Weights of less than 16 bits, which are unpacked on the way. */
export const isQuantised = (quantisation: string | undefined) => !/^(b?f|fp)(16|32)$/i.test(quantisation ?? '')

/** Types that pack weights in super-blocks with scales of their own take more work to unpack. */
export const isKQuant = (quantisation: string | undefined) => /^(ud-)?(q\d_k|iq\d)/i.test(quantisation ?? '')
