import type { Range, SpeedEstimate } from '../../contract/decision'
import type { Need } from '../../contract/need'
import type { RuntimeFacts } from '../runtimes/facts'
import { prefillRate, promptTokensFor, whyNoPrefill } from './prefill'
import type { Measurement } from './recommend.types'
import { factorsOf, groupOf } from './speed-factors'
import { assumedMemoryGBps, concurrencyScale, decodeRate, type DecodeInput, type DecodeRate } from './speed-model'

export type SpeedInput = Omit<DecodeInput, 'speedFactor'> & {
  facts: Pick<RuntimeFacts, 'speedFactor' | 'concurrency'>
  users: number
  slots: number
  contextTokens: number
  task: Need['task']
  /** A run of exactly this model and artifact on this runtime here; it replaces the estimate. */
  measured?: Measurement | null
  /** Measured over estimated of other runs of this runtime here; it corrects the estimate. */
  calibration?: number | null
}

/**
 * Speed as ranges, tok/s and milliseconds: one stream, all users together, first token. An own measurement of the same
 * model on the same runtime wins; measurements of other models correct the estimate.
 */
export function estimateSpeed(input: SpeedInput): SpeedEstimate {
  const decode = decodeOf(input)
  const rate = decodeRate(decode)
  const measured = input.measured?.tokensPerSecond ?? null
  const ttftMs = ttftOf(input)
  const late = ttftMs === null ? `The first token is not predicted: ${whyNoPrefill(input)}.` : null
  const rest = {
    ttftMs,
    ...(ttftMs !== null && { promptTokens: promptTokensFor(input.task, input.contextTokens) }),
    basis: measured === null ? ('estimated' as const) : ('measured' as const),
    workings: workingsOf(input, rate, late),
  }
  const mid = measured ?? corrected(rate, input.calibration ?? null)
  if (mid === null) return { oneUser: null, users: null, why: rate.why, ...rest }
  const spread = spreadOf(input, rate)
  const wider = input.facts.concurrency.kind === 'batched' ? batchedSpread : interruptedSpread
  const together = { low: spread.low * wider, high: spread.high * wider }
  return {
    oneUser: range(mid, spread),
    users: input.users === 1 ? null : range(mid * concurrencyScale({ ...input, ...decode, kind: input.facts.concurrency.kind }), together),
    why: whyWide(rate, measured) ?? late,
    ...rest,
  }
}

const decodeOf = (input: SpeedInput): DecodeInput => ({
  ...input,
  speedFactor: input.facts.speedFactor[input.backend] ?? 0.9,
  batchKernels: input.facts.concurrency.kind === 'batched',
})

const corrected = (rate: DecodeRate, calibration: number | null) =>
  rate.tokensPerSecond === null ? null : rate.tokensPerSecond * (calibration ?? 1)

type Spread = { low: number; high: number }

/** Of several users against one: a batch follows from the same step, slots and queues are interrupted by prompts. */
const batchedSpread = 1.6
const interruptedSpread = 2.4
/**
 * A mixture's ranges: what is launched for experts differs by build and card, about 15 % either way (25 runs on nine CUDA and
 * Vulkan cards, test/bench/predict/found.csv); wider where even its shape was guessed.
 */
const mixtureSpread = { times: 1.3, own: 0.15 }
const guessedSpread = { times: 1.6, own: 0.25 }

function spreadOf(input: SpeedInput, rate: DecodeRate): Spread {
  if (input.measured?.tokensPerSecond != null) return { low: 0.05, high: 0.05 }
  if (input.calibration != null) return { low: 0.1, high: 0.1 }
  if (rate.assumedBandwidth) return { low: 0.5, high: 1.2 }
  const partly = input.placement.gpuLayers > 0 && input.placement.gpuLayers < input.placement.layers
  const { low, high } = groupFactors(input)
  const mixture = input.model.activeParameters < input.model.parameters
  const spread = mixture ? (input.model.shapeKnown ? mixtureSpread : guessedSpread) : { times: 1, own: 0 }
  const widened = (side: number) => Math.max(side * spread.times, Math.hypot(side, spread.own)) * (partly ? 1.5 : 1)
  return { low: Math.min(0.6, widened(1 - low)), high: widened(high - 1) }
}

/** Factors of the first device: the GPU, or the CPU where there is none. */
function groupFactors(input: SpeedInput) {
  const device = input.placement.shares[0]?.device
  return factorsOf(device ? groupOf(input.machine, device, input.backend) : 'cpu', input.factors)
}

const range = (mid: number, spread: Spread): Range => ({
  low: tidy(mid * (1 - Math.min(0.75, spread.low))),
  mid: tidy(mid),
  high: tidy(mid * (1 + spread.high)),
})

/** Two significant digits below 100, whole numbers above: more would claim a precision the model does not have. */
const tidy = (value: number) => (value >= 100 ? Math.round(value) : value >= 10 ? Math.round(value * 2) / 2 : Math.round(value * 10) / 10)

/** Fixed part of a first token: tokenising, scheduling and the first decode step, milliseconds. */
export const firstTokenFixedMs = 30

/** Measured over predicted time of a prompt that most published runs lie between (`bench:predict`, prefill). */
export const firstTokenSpread = { low: 0.6, high: 2 }

/** Of a prompt as the task has it. Runs here asked a short one, which says little of a long one (first-token.ts). */
function ttftOf(input: SpeedInput): Range | null {
  const promptTokens = promptTokensFor(input.task, input.contextTokens)
  const rate = prefillRate({ ...input, promptTokens })
  if (rate === null) return null
  const mid = (promptTokens / rate) * 1000 + firstTokenFixedMs
  return { low: Math.round(mid * firstTokenSpread.low), mid: Math.round(mid), high: Math.round(mid * firstTokenSpread.high) }
}

const whyWide = (rate: DecodeRate, measured: number | null) =>
  rate.assumedBandwidth && measured === null
    ? `The memory bandwidth of this machine is not known; a cautious ${assumedMemoryGBps} GB/s was taken, so the range is wide until something has been measured here.`
    : null

function workingsOf(input: SpeedInput, rate: DecodeRate, late: string | null): string[] {
  const measured = input.measured
  if (measured?.tokensPerSecond != null) return [`Measured here on ${measured.at.slice(0, 10)} with ${measured.build}.`]
  if (rate.terms === null) return []
  const { weightsBytes, layers, cacheBytes, seconds, cpuSeconds } = rate.terms
  const own = groupFactors(input)
  const factor = input.facts.speedFactor[input.backend] ?? 0.9
  return [
    `${(weightsBytes / 1e9).toFixed(2)} GB of weights and ${(cacheBytes / 1e6).toFixed(0)} MB of cache are read for each token, at ${own.efficiency} of the bandwidth, plus ${own.layerMicroseconds} microseconds for each of ${layers} layers.`,
    `That is ${(seconds * 1000).toFixed(1)} ms a token${cpuSeconds > 0 && input.placement.gpuLayers > 0 ? `, ${(cpuSeconds * 1000).toFixed(1)} ms of it on the CPU` : ''}${factor === 1 ? '' : `, this engine at ${factor} of the common model`}.`,
    ...(input.calibration == null ? [] : [`Corrected by ${input.calibration.toFixed(2)}, as other runs here were measured.`]),
    late ?? `First token for a prompt of ${promptTokensFor(input.task, input.contextTokens)} tokens.`,
  ]
}
