import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { Runtime } from '../runtimes/runtime'
import type { KvQuantisation } from './kv-cache'
import type { Option } from './options'
import { place, type Placement, type PlacementInput } from './placement'
import { quantisationRuns } from './quantisation-fit'
import { prefillRate, promptTokensFor } from './prefill'
import { decodeRate } from './speed-model'

export type Choice = {
  option: Option
  backend: string
  contextTokens: number
  slots: number
  placement: Placement
  placementInput: PlacementInput
  /** Quality for the task less what slowness and a short context cost; orders choices of one engine. */
  utility: number
  /** Quality alone, for comparing engines. */
  quality: number
  /** The context had to be cut below what the task usually takes. */
  contextCut: boolean
}

/** Context a task usually takes, tokens; what the person asks for wins. */
const usualContext: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 8192, coding: 16_384, 'rag-api': 8192, agents: 32_768, batch: 4096, 'choose-model': 8192, edge: 4096, 'fine-tuning': 8192 },
  'long-context': 65_536,
}

/** Context below which a task hardly works: what it reads alone fills it, tokens. */
const leastContext: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 4096, coding: 8192, 'rag-api': 4096, agents: 16_384, batch: 2048, 'choose-model': 4096, edge: 2048, 'fine-tuning': 2048 },
  'long-context': 32_768,
}

/** Decode rate below which a task gets unpleasant, tok/s for one user. A fast reader takes 8; agents and editors wait for all of it. */
const wantedRate: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 12, coding: 20, 'rag-api': 15, agents: 25, batch: 6, 'choose-model': 12, edge: 8, 'fine-tuning': 8, 'long-context': 10 },
}

export type ChooseInput = {
  machine: Machine
  need: Need
  runtime: Runtime
  backend: string
  options: readonly Option[]
  calibration: number | null
}

/** The best model, artifact, context and slots for one engine on one backend; null when none fits. */
export function choose(input: ChooseInput): Choice | null {
  let best: Choice | null = null
  const suited = input.options.filter(option => takes(input, option)).map(option => ({ option, promise: promiseOf(input.need, option) }))
  suited.sort((a, b) => b.promise - a.promise)
  for (const { option, promise } of suited) {
    if (best && promise <= best.utility) break
    const choice = fitOption(input, option)
    if (choice && (!best || choice.utility > best.utility)) best = choice
  }
  return best
}

/** Some formats need one backend, and some quantisations a generation of GPU, whatever else an engine can do elsewhere. */
const takes = ({ runtime, backend, machine }: ChooseInput, option: Option) =>
  runtime.facts.formats.includes(option.format) &&
  (runtime.facts.formatNeeds?.[option.format]?.includes(backend) ?? true) &&
  quantisationRuns(option, backend, machine)

/** The most an option could be worth if it were fast and had all its context: what follows in the order need not be tried. */
const promiseOf = (need: Need, option: Option) => option.quality + taskBonus(need, option) + hereBonus(option) + fastBonus

/** A file that is here already is worth a little more than one that has to be fetched. */
const hereBonus = (option: Option) => (option.library && !option.engineTest ? 1.5 : 0)

/** How many sequences an engine would be given, and how many full contexts have to fit at once. */
export function slotsFor(runtime: Runtime, users: number): { slots: number; sequences: number } {
  const { kind, comfortableUsers } = runtime.facts.concurrency
  if (kind !== 'batched') return { slots: Math.min(users, comfortableUsers), sequences: Math.min(users, comfortableUsers) }
  // Paged caches are shared: beyond 16 users a quarter of the rest is taken to be at full length at any moment.
  return { slots: users, sequences: Math.ceil(users <= 16 ? users : 16 + (users - 16) / 4) }
}

function fitOption(input: ChooseInput, option: Option): Choice | null {
  const asked = input.need.contextTokens
  if (asked !== null && asked > option.contextMax) return null
  const usual = Math.min(asked ?? usualContext[input.need.task], option.contextMax)
  const contexts = asked === null ? [usual, usual / 2, usual / 4, 4096, 2048].filter((each, index) => index === 0 || each < usual) : [usual]
  for (const contextTokens of contexts) {
    const choice = tryContext(input, option, Math.floor(contextTokens))
    if (choice) return { ...choice, contextCut: contextTokens < usual, utility: choice.utility - cutCost(input.need, usual, contextTokens) }
  }
  return null
}

/** What a cut context costs: 3 points for each halving, and 12 more for each below what the task needs at the least. */
const cutCost = ({ task }: Need, usual: number, contextTokens: number) =>
  3 * Math.log2(usual / contextTokens) + 12 * Math.max(0, Math.log2(Math.min(leastContext[task], usual) / contextTokens))

/** Where part of a model would stay in main memory, all of it there can be the better choice: both are weighed. */
function tryContext(input: ChooseInput, option: Option, contextTokens: number): Choice | null {
  const { machine, need, runtime, backend } = input
  const { slots, sequences } = slotsFor(runtime, need.users)
  const placementInput: PlacementInput = {
    ...{ machine, model: option.size, contextTokens, slots: sequences, backend, engine: runtime.facts.memory },
    kvQuantisation: kvFor(need, runtime),
  }
  const usual = weigh(input, option, { placementInput, slots })
  if (!usual || usual.placement.gpuLayers === 0 || usual.placement.gpuLayers === usual.placement.layers) return usual
  const inMemory = weigh(input, option, { placementInput: { ...placementInput, gpuLayers: 0 }, slots })
  return inMemory && inMemory.utility > usual.utility ? inMemory : usual
}

function weigh(input: ChooseInput, option: Option, plan: { placementInput: PlacementInput; slots: number }): Choice | null {
  const { machine, need, runtime, backend } = input
  const { placementInput, slots } = plan
  const { contextTokens } = placementInput
  const placement = place(placementInput)
  if (!placement.fits || !canSplit(runtime, backend, placement)) return null
  const speedFactor = (runtime.facts.speedFactor[backend] ?? 0.9) * (input.calibration ?? 1)
  const rate =
    decodeRate({ machine, placement, model: option.size, backend, speedFactor, assumedGpuGBps: modestGpuGBps }).tokensPerSecond ?? 1
  const quality = option.quality + taskBonus(need, option)
  const wait = waitCost(need, prefillRate({ machine, placement, model: option.size, backend, assumedTflops: modestTflops }), contextTokens)
  const utility = quality - slowness(need, rate) - wait - crampedCost(placement) - splitCost(placement) + hereBonus(option)
  return { option, backend, contextTokens, slots, placement, placementInput, utility, quality, contextCut: false }
}

/**
 * Not every engine can leave layers to the CPU. Where GPU and CPU share one memory there is nothing to be had by it: what
 * the system keeps from the GPU it needs itself.
 */
function canSplit({ facts }: Runtime, backend: string, { gpuLayers, layers, shares }: Placement): boolean {
  if (backend === 'cpu' || gpuLayers === layers) return true
  return facts.traits.includes('partial-offload') && (gpuLayers === 0 || shares.every(share => share.device.kind !== 'unified'))
}

/** A quantised cache where it is asked for, or where a long context makes it worth its small cost. */
function kvFor(need: Need, runtime: Runtime): KvQuantisation {
  const can = runtime.facts.fulfils['kv-quant'] !== undefined
  return can && (need.must.includes('kv-quant') || (need.contextTokens ?? 0) > 65_536) ? 'q8_0' : 'f16'
}

function taskBonus(need: Need, option: Option): number {
  const made = option.tasks.includes(need.task) ? 4 : 0
  // A model this weak answers wrongly too often to be of use, whatever its speed.
  const useless = option.quality < 12 && need.task !== 'edge' ? -12 : 0
  const tools = need.task === 'agents' && !option.tools ? -15 : 0
  return made + tools + useless - (option.engineTest ? 100 : 0)
}

/** First token later than this is felt as waiting, ms. */
const wantedFirstTokenMs: Readonly<Record<Need['task'], number>> = {
  ...{ chat: 3000, coding: 5000, 'rag-api': 5000, agents: 10_000, batch: 20_000, 'choose-model': 3000, edge: 4000, 'fine-tuning': 5000 },
  'long-context': 60_000,
}

/** What waiting for the first token costs: 8 points for each doubling, 32 at the most: a wait is felt, a wrong answer is useless. */
function waitCost(need: Need, rate: number | null, contextTokens: number): number {
  if (rate === null) return 0
  const firstTokenMs = (promptTokensFor(need.task, contextTokens) / rate) * 1000
  return Math.min(32, Math.max(0, 8 * Math.log2(firstTokenMs / wantedFirstTokenMs[need.task])))
}

/**
 * Weights in main memory are in the way of the person's own programs: a little for each GiB, so that half of the bits is
 * preferred where the gain is small, and more where less than a fifth of the memory is left.
 */
function crampedCost({ shares }: Placement): number {
  const shared = shares.filter(share => share.device.kind !== 'gpu')
  const gibInMemory = shared.filter(share => share.device.kind === 'ram').reduce((sum, share) => sum + share.weightsMiB / 1024, 0)
  return 0.12 * gibInMemory + (shared.some(share => share.freeMiB < share.device.totalMiB * 0.2) ? 4 : 0)
}

/** Taken for a GPU whose bandwidth is not known, to compare models among each other: an entry card. */
const modestGpuGBps = 150
const modestTflops = 8

/** Part of the layers in main memory: less certain, and in the way of other programs. A better model has to be clearly better. */
const splitCost = ({ gpuLayers, layers }: Placement) => (gpuLayers > 0 && gpuLayers < layers ? 10 : 0)

/** The most that being faster than wanted is worth. */
const fastBonus = 3

/**
 * What slowness costs: 14 points for each halving below the wanted rate, 26 below half of it, and a little for anything faster. Someone who
 * puts speed first wants twice the rate; someone who puts quality first accepts half of it.
 */
function slowness(need: Need, rate: number): number {
  const first = need.priorities[0]
  const factor = first === 'throughput' || first === 'latency' ? 2 : first === 'quality' ? 0.5 : 1
  const wanted = wantedRate[need.task] * factor
  if (rate >= wanted) return -Math.min(fastBonus, 0.8 * Math.log2(rate / wanted))
  return 14 * Math.log2(wanted / rate) + 12 * Math.max(0, Math.log2(wanted / 2 / rate))
}
