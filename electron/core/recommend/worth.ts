import type { Need } from '../../contract/need'
import type { Option } from './options'
import type { Placement } from './placement'

/** Points that a plan gains and loses beside the quality of its model, on the same scale of 0 to 100. Our own weighing. */

type ByTask = Readonly<Record<Need['task'], number>>

/** Context a task usually takes, tokens; what the person asks for wins. */
export const usualContext: ByTask = {
  ...{ chat: 8192, coding: 16_384, 'rag-api': 8192, agents: 32_768, batch: 4096, 'choose-model': 8192, edge: 4096, 'fine-tuning': 8192 },
  'long-context': 65_536,
}

/** Context below which a task hardly works: what it reads alone fills it, tokens. */
const leastContext: ByTask = {
  ...{ chat: 4096, coding: 8192, 'rag-api': 4096, agents: 16_384, batch: 2048, 'choose-model': 4096, edge: 2048, 'fine-tuning': 2048 },
  'long-context': 32_768,
}

/** Decode rate below which a task gets unpleasant, tok/s for one user. A fast reader takes 8; agents and editors wait for all of it. */
const wantedRate: ByTask = {
  ...{ chat: 12, coding: 20, 'rag-api': 15, agents: 25, batch: 6, 'choose-model': 12, edge: 8, 'fine-tuning': 8, 'long-context': 10 },
}

/** First token later than this is felt as waiting, ms. */
const wantedFirstTokenMs: ByTask = {
  ...{ chat: 3000, coding: 5000, 'rag-api': 5000, agents: 10_000, batch: 20_000, 'choose-model': 3000, edge: 4000, 'fine-tuning': 5000 },
  'long-context': 60_000,
}

/**
 * First token later than this is not borne, ms: 10 s is the limit for keeping somebody's attention on a dialogue
 * (https://www.nngroup.com/articles/response-times-3-important-limits/). Our own for what is not sat through: half a
 * minute for a call of an agent, two minutes for a long document, none for a batch.
 */
export const bearableFirstTokenMs: ByTask = {
  ...{ chat: 10_000, coding: 10_000, 'rag-api': 10_000, agents: 30_000, batch: Infinity, 'choose-model': 10_000, edge: 10_000 },
  ...{ 'fine-tuning': 10_000, 'long-context': 120_000 },
}

/** What a cut context costs: 3 points for each halving, and 12 more for each below what the task needs at the least. */
export const cutCost = ({ task }: Need, usual: number, contextTokens: number) =>
  3 * Math.log2(usual / contextTokens) + 12 * Math.max(0, Math.log2(Math.min(leastContext[task], usual) / contextTokens))

/** Being made for the task, and what makes a model unfit for it. */
export function taskBonus(need: Need, option: Option): number {
  const made = option.tasks.includes(need.task) ? 4 : 0
  const tools = need.task === 'agents' && !option.tools ? -15 : 0
  const weak = need.task === 'edge' ? smallCost(option.quality) : weakCost(option.quality)
  return made + tools - weak - (option.engineTest ? 100 : 0)
}

/** What runs at the edge sorts, extracts and gives short answers, which small models can; better ones are still clearly better. */
const smallCost = (quality: number) => Math.max(0, 20 - quality)

/** Below 20 points answers get doubtful; below 12 they are wrong too often to be of use, whatever their speed. */
const weakCost = (quality: number) => (quality < 12 ? 1000 : 3 * Math.max(0, 20 - quality))

/** A file that is here already is worth a little more than one that has to be fetched. */
export const hereBonus = (option: Option) => (option.library && !option.engineTest ? 1.5 : 0)

/** What slowness of the answer and waiting for it cost. */
export const timeCost = (need: Need, rates: Rates, firstTokenMs: number | null) => slowness(need, rates) + waitCost(need, firstTokenMs)

/** 8 points for each doubling of a first token that is felt, 16 for each that is not borne. Nothing where it is not known. */
export function waitCost({ task }: Need, firstTokenMs: number | null): number {
  if (firstTokenMs === null) return 0
  const bearable = bearableFirstTokenMs[task]
  const felt = 8 * Math.max(0, Math.log2(Math.min(firstTokenMs, bearable) / wantedFirstTokenMs[task]))
  return felt + 16 * Math.max(0, Math.log2(firstTokenMs / bearable))
}

/**
 * Weights in main memory are in the way of the person's own programs: a little for each GiB, so that half of the bits is
 * preferred where the gain is small, and more where less than a fifth of the memory is left.
 */
export function crampedCost({ shares }: Placement): number {
  const shared = shares.filter(share => share.device.kind !== 'gpu')
  const gibInMemory = shared.filter(share => share.device.kind === 'ram').reduce((sum, share) => sum + share.weightsMiB / 1024, 0)
  return 0.12 * gibInMemory + (shared.some(share => share.freeMiB < share.device.totalMiB * 0.2) ? 4 : 0)
}

/** Part of the layers in main memory: less certain, and in the way of other programs. A better model has to be clearly better. */
export const splitCost = ({ gpuLayers, layers }: Placement) => (gpuLayers > 0 && gpuLayers < layers ? 10 : 0)

/** A card that works on every layer is no longer free for anything else: each doubling of them has to be worth more than a point. */
export const cardsCost = ({ tensorParallel }: Placement) => Math.log2(tensorParallel)

/** The most that being faster than wanted is worth. */
export const fastBonus = 6

/** Tok/s: of one alone, and what each gets while all of them are answered. */
export type Rates = { alone: number; each: number }

/**
 * What slowness costs: 14 points for each halving below the wanted rate, 26 below half of it, and 2 points for each doubling above it. Someone who
 * puts speed first wants twice the rate; someone who puts quality first accepts half of it. While everybody is answered at
 * once half of the rate will do: that is about the pace of reading, and what is slower than it counts as below half.
 */
function slowness(need: Need, { alone, each }: Rates): number {
  const first = need.priorities[0]
  const factor = first === 'throughput' || first === 'latency' ? 2 : first === 'quality' ? 0.5 : 1
  const wanted = wantedRate[need.task] * factor
  const rate = Math.min(alone, each * 2)
  if (rate >= wanted) return -Math.min(fastBonus, 2 * Math.log2(rate / wanted))
  return 14 * Math.log2(wanted / rate) + 12 * Math.max(0, Math.log2(wanted / 2 / Math.min(alone, each)))
}
