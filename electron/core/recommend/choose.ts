import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { Build } from '../../contract/runtime'
import type { Runtime } from '../runtimes/runtime'
import { freeMiB, gpuDevices, mainMemory } from './devices'
import { contextHabits } from './estimate-start'
import { takesFormat } from './formats'
import type { Option } from './options'
import { place, type Placement, type PlacementInput } from './placement'
import { withProjector, type ProjectorMemory } from './projector-memory'
import { quantisationRuns } from './quantisation-fit'
import { ratesFor } from './rates'
import { besideIt, eyesOf, leavingRoom, wantsImages, type Eyes } from './seeing'
import { givenBack, slotsFor, trialsOf, type Trial } from './trials'
import { cardsCost, crampedCost, fastBonus, hereBonus, splitCost, taskBonus, timeCost, usualContext, waitCost } from './worth'

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
  /** What reads images beside it; `placement` left room for it and does not hold it. Null where nothing does. */
  seeing: ProjectorMemory | null
  /** The same where it could be loaded and is left out, because the text that was asked for needs its room. */
  leftOut: ProjectorMemory | null
}

export type ChooseInput = {
  machine: Machine
  need: Need
  runtime: Runtime
  backend: string
  options: readonly Option[]
  calibration: number | null
  /** Must-haves that the engine fulfils elsewhere, but not here. */
  lacks: Need['must'] | undefined
  /** The build it would run with, where one is here: kinds differ in what a context takes. */
  build: Build | null
}

/** What is the same for every option; `wants`: the model has to see, so room for it is part of every plan. */
type Asked = ChooseInput & { eyes: Eyes; wants: boolean; rates: ReturnType<typeof ratesFor>; trials: Map<number, readonly Trial[]> }

/**
 * The best model, artifact, context and slots for one engine on one backend; null when none fits. Where images were asked for, what
 * reads them is planned for from the beginning. Where they were not, it is loaded all the same if it is there, as every start does, so
 * it counts; but it takes nothing from the text: where it would move layers or not fit, it is left out.
 */
export function choose(asked: ChooseInput): Choice | null {
  const input: Asked = { ...asked, eyes: eyesOf(asked), wants: wantsImages(asked.need), rates: ratesFor(asked), trials: new Map() }
  const found = bestOf(input)
  const best = found && { ...found, utility: found.utility + givenBack(input.runtime, input.need, found.slots) }
  const seeing = best && !input.wants ? input.eyes.of(best.option, best.placementInput.gpuLayers) : null
  if (!best || !seeing) return best
  const beside = besideIt(best, seeing)
  return beside ? { ...best, ...beside, seeing } : { ...best, leftOut: seeing }
}

function bestOf(input: Asked): Choice | null {
  let best: Choice | null = null
  const suited = input.options.filter(option => takes(input, option)).map(option => ({ option, promise: promiseOf(input.need, option) }))
  suited.sort((a, b) => b.promise - a.promise)
  for (const { option, promise } of suited) {
    if (best && promise <= best.utility) break
    const choice = fitOption(input, option, { promise, floor: best?.utility ?? -Infinity })
    if (choice && (!best || choice.utility > best.utility)) best = choice
  }
  return best
}

/** Some formats need one backend, and some quantisations a generation of GPU, whatever else an engine can do elsewhere. */
const takes = ({ runtime, backend, machine, eyes, wants }: Asked, option: Option) =>
  takesFormat(runtime, option) &&
  isHeld(option, { machine, backend }) &&
  (!wants || option.engineTest || eyes.see(option)) &&
  (runtime.facts.formatNeeds?.[option.format]?.includes(backend) ?? true) &&
  loadsFamily(runtime, backend, option) &&
  quantisationRuns(option, backend, machine)

/** All memory that it could lie in, taken together, holds its layers: what is larger need not be tried. */
function isHeld({ size }: Option, { machine, backend }: Pick<ChooseInput, 'machine' | 'backend'>): boolean {
  const devices = [...(backend === 'cpu' ? [] : gpuDevices(machine, backend)), mainMemory(machine)]
  const bytes = size.layerBytes?.reduce((sum, each) => sum + each, 0) ?? size.weightsBytes
  return bytes / 1024 / 1024 <= devices.reduce((sum, each) => sum + freeMiB(each), 0)
}

const loadsFamily = ({ facts }: Runtime, backend: string, { family }: Option) =>
  family === null || !['any', backend].some(each => facts.withoutFamilies?.[each]?.includes(family) ?? false)

/** The most an option could be worth if it were fast and had all its context: what follows in the order need not be tried. */
const promiseOf = (need: Need, option: Option) => option.quality + taskBonus(need, option) + hereBonus(option) + fastBonus

/** `floor`: what has to be exceeded to matter. */
type Attempt = Omit<Trial, 'cost'> & { onlyWhole: boolean; floor: number }

/**
 * The first context that fits whole, with the better cache for it, else the best of what fits in part: a shorter context, or
 * a cache in 8 bits, can be worth more than layers in main memory, and for many users it is read sooner.
 */
function fitOption(input: Asked, option: Option, { promise, floor }: { promise: number; floor: number }): Choice | null {
  const { need } = input
  const asked = need.contextTokens
  if (asked !== null && asked > option.contextMax) return null
  const usual = Math.min(asked ?? usualContext[need.task], option.contextMax)
  let best: Choice | null = null
  for (const trial of trialsFor(input, usual)) {
    const { cost } = trial
    if (best && isWhole(best) && isLess(trial, best)) break
    const least = Math.max(floor, best?.utility ?? -Infinity)
    // Trials cost ever more: what cannot win any longer need not be tried.
    if (promise - cost <= least) break
    const choice = tryContext(input, option, { ...trial, onlyWhole: best !== null, floor: least + cost })
    if (choice && choice.utility - cost > least)
      best = { ...choice, utility: choice.utility - cost, contextCut: trial.contextTokens < usual }
  }
  return best
}

/** They are the same for every model with that context. */
function trialsFor({ need, runtime, lacks = [], trials }: Asked, usual: number): readonly Trial[] {
  const known = trials.get(usual) ?? trialsOf({ need, runtime, lacks }, usual)
  trials.set(usual, known)
  return known
}

const isLess = (trial: Pick<Trial, 'shared' | 'contextTokens'>, best: Choice) => trial.shared || trial.contextTokens < best.contextTokens

/** Nothing of it lies apart: all on GPUs, or all in main memory where there is none to use. */
const isWhole = ({ backend, placement }: Choice) => backend === 'cpu' || placement.gpuLayers === placement.layers

/** Where part of a model would stay in main memory, all of it there can be the better choice: both are weighed. */
function tryContext(input: Asked, option: Option, attempt: Attempt): Choice | null {
  const { contextTokens, kvQuantisation, shared, onlyWhole, floor } = attempt
  const { machine, need, runtime, backend, build } = input
  const { slots, sequences } = slotsFor(runtime, need.users, shared)
  const planned: PlacementInput = {
    ...{ machine, model: option.size, contextTokens, slots: sequences, backend, engine: runtime.facts.memory, kvQuantisation },
    leastGpus: leastGpusFor(need, runtime),
    ...(build && contextHabits(runtime, build, { size: option.size, kvQuantisation })),
  }
  const plan = { ...{ slots, onlyWhole, floor }, ...withEyes(input, option, planned) }
  const usual = onCards(input, option, plan)
  if (onlyWhole) return usual
  if (!usual && !input.machine.gpus.some(gpu => gpu.usable && gpu.memoryKind === 'dedicated')) return null
  if (usual?.placement.gpuLayers === 0 || (usual && usual.placement.gpuLayers === usual.placement.layers)) return usual
  const inMemory = weigh(input, option, { ...plan, ...withEyes(input, option, { ...planned, gpuLayers: 0 }) })
  return inMemory && inMemory.utility > (usual?.utility ?? -Infinity) ? inMemory : usual
}

/** Room for what reads images, where they were asked for. */
function withEyes({ wants, eyes }: Asked, option: Option, planned: PlacementInput): Pick<Plan, 'placementInput' | 'seeing'> {
  const seeing = wants ? eyes.of(option, planned.gpuLayers) : null
  return { placementInput: leavingRoom(planned, seeing), seeing }
}

/** From ten people on every equal card of a batching server works; several are also what a must-have may ask for. */
function leastGpusFor({ users, must }: Need, { facts }: Runtime): number {
  if (facts.memory.reservedShare !== null && users >= 10) return 8
  return must.includes('multi-gpu') ? 2 : 1
}

/** A tensor-parallel engine gets faster with each doubling of its cards, so that all counts are weighed, not only the fewest that fit. */
function onCards(input: Asked, option: Option, plan: Plan): Choice | null {
  let best = weigh(input, option, plan)
  if (input.runtime.facts.memory.reservedShare === null) return best
  const cards = input.machine.gpus.filter(gpu => gpu.usable).length
  for (const leastGpus of [2, 4, 8]) {
    if (leastGpus > cards || leastGpus <= (best?.placement.tensorParallel ?? 1)) continue
    const floor = best?.utility ?? plan.floor
    const more = weigh(input, option, { ...plan, floor, placementInput: { ...plan.placementInput, leastGpus } })
    if (more && more.utility > floor) best = more
  }
  return best
}

type Plan = Pick<Attempt, 'onlyWhole' | 'floor'> & { placementInput: PlacementInput; slots: number; seeing: ProjectorMemory | null }

/** Null when it does not fit, or is not worth more than the floor. */
function weigh(input: Asked, option: Option, { placementInput, slots, onlyWhole, floor, seeing }: Plan): Choice | null {
  const { need, runtime, backend } = input
  const { contextTokens } = placementInput
  const placement = place(placementInput)
  if (!withProjector(placement, seeing, placementInput).fits || !canSplit(runtime, backend, placement)) return null
  if (onlyWhole && backend !== 'cpu' && placement.gpuLayers < placement.layers) return null
  const quality = option.quality + taskBonus(need, option)
  const rates = input.rates({ model: option.size, placement, slots, contextTokens, flashAttention: placementInput.flashAttention ?? true })
  const before = quality - crampedCost(placement) - splitCost(placement) - cardsCost(placement) + hereBonus(option)
  const firstToken = rates.firstTokenMs()
  if (before + fastBonus - waitCost(need, firstToken) <= floor) return null
  const alone = rates.alone()
  const cost = (each: number) => timeCost(need, { alone, each }, firstToken)
  if (before - cost(rates.mostEach()) <= floor) return null
  const utility = before - cost(need.users === 1 ? alone : rates.each())
  return { option, backend, contextTokens, slots, placement, placementInput, utility, quality, contextCut: false, seeing, leftOut: null }
}

/**
 * Not every engine can leave layers to the CPU. Where GPU and CPU share one memory there is nothing to be had by it: what
 * the system keeps from the GPU it needs itself.
 */
function canSplit({ facts }: Runtime, backend: string, { gpuLayers, layers, shares }: Placement): boolean {
  if (backend === 'cpu' || gpuLayers === layers) return true
  return facts.traits.includes('partial-offload') && (gpuLayers === 0 || shares.every(share => share.device.kind !== 'unified'))
}
