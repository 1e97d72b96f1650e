import type { Gpu, Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { Dimension, Tier } from '../runtimes/facts'
import type { Runtime } from '../runtimes/runtime'
import type { Facts } from './conditions'

export type Family = 'nvidia' | 'amd' | 'instinct' | 'apple' | 'intel' | 'ascend' | 'cpu'

/** An engine that can run here, with the backend it would use. */
export type Contender = {
  runtime: Runtime
  verdict: Extract<RuntimeVerdict, { can: true }>
  /** Of the build it would use; absent = the best one it can do here. */
  backend?: string
}

const backendOf = ({ backend, verdict }: Contender) => backend ?? verdict.backends[0] ?? 'none'

export const tierPoints: Readonly<Record<Tier, number>> = { excellent: 4, strong: 3, acceptable: 2, limited: 1 }

export const tierOf = (runtime: Runtime, dimension: Dimension): number => {
  const tier = runtime.facts.matrix[dimension]?.tier ?? null
  return tier === null ? 0 : tierPoints[tier]
}

const instinctTargets = /^gfx9(08|0a|4\d|50)$/

/** What kind of hardware does the work, by the best usable GPU. */
export function familyOf(machine: Machine): Family {
  const usable = machine.gpus.filter(gpu => gpu.usable)
  const has = (vendor: Gpu['vendor']) => usable.some(gpu => gpu.vendor === vendor)
  if (has('apple')) return 'apple'
  if (has('nvidia')) return 'nvidia'
  if (has('huawei')) return 'ascend'
  const amd = usable.filter(gpu => gpu.vendor === 'amd')
  if (amd.some(gpu => (gpu.rocmTarget !== null && instinctTargets.test(gpu.rocmTarget)) || /instinct/i.test(gpu.name))) return 'instinct'
  if (amd.length > 0) return 'amd'
  return has('intel') ? 'intel' : 'cpu'
}

/** What other programs hold of a card's memory now, MiB; 0 where it is not known or the card is divided. */
export const takenMiB = (gpu: Gpu): number =>
  gpu.vramMiB === null || gpu.vramFreeMiB === null || gpu.migEnabled === true ? 0 : Math.max(0, gpu.vramMiB - gpu.vramFreeMiB)

/** Cards of their own that no engine could use, each with the reason, unless another of their maker's works; graphics inside a processor are none. */
export function unusedCards({ gpus }: Machine): Gpu[] {
  const working = new Set(gpus.filter(gpu => gpu.usable).map(gpu => gpu.vendor))
  return gpus.filter(gpu => !gpu.usable && !gpu.integrated && gpu.whyNot !== null && !working.has(gpu.vendor))
}

/** Facts about need and machine; the same for all engines. */
export function situationFacts(machine: Machine, need: Need): Facts {
  const usable = machine.gpus.filter(gpu => gpu.usable)
  const dedicated = usable.filter(gpu => gpu.memoryKind === 'dedicated' && !gpu.integrated)
  const memories = dedicated.flatMap(gpu => gpu.vramMiB ?? [])
  return {
    'need.users': need.users,
    'need.task': need.task,
    'need.experience': need.experience,
    'need.first': need.priorities[0] ?? 'none',
    'need.priorities': need.priorities,
    'need.must': need.must,
    'need.weighs': Object.values(need.weights ?? {}).some(weight => weight > 0),
    'need.contextTokens': need.contextTokens,
    'need.named': need.runtime !== undefined,
    // Before a model is chosen.
    ...{ 'model.speaks': 'unasked', 'model.able': false },
    'machine.os': machine.os.platform,
    'machine.arch': machine.os.arch,
    'machine.family': familyOf(machine),
    'machine.gpus': usable.length,
    'machine.vramMiB': memories.length > 0 ? Math.max(...memories) : null,
    'machine.memoryMiB': machine.memory.limitMiB ?? machine.memory.totalMiB,
    'machine.unified': usable.some(gpu => gpu.memoryKind === 'unified'),
    'machine.memoryKnown': machine.memory.totalMiB !== null || machine.memory.limitMiB !== null,
    'machine.makers': new Set(dedicated.map(gpu => gpu.vendor)).size,
    'machine.unequal': memories.length > 1 && Math.min(...memories) < Math.max(...memories) * 0.9,
    'machine.wsl': machine.os.wsl,
    'machine.unusedCards': unusedCards(machine).length > 0,
    'machine.memoryLimited': machine.memory.limitMiB !== null && machine.memory.limitFrom === 'cgroup',
    'machine.othersShare': Math.max(0, ...dedicated.map(gpu => takenMiB(gpu) / (gpu.vramMiB ?? 1))),
    'machine.mig': usable.some(gpu => gpu.migEnabled === true && gpu.migInstances.length > 0),
    'machine.rocm': usable.some(gpu => gpu.vendor === 'amd' && gpu.rocmTarget !== null),
  }
}

/** It holds no memory from the start, and leaves no GPU idle that others use. */
const isLight = (contender: Contender, all: readonly Contender[]) =>
  !contender.runtime.facts.traits.includes('reserves-memory') &&
  (backendOf(contender) !== 'cpu' || all.every(each => backendOf(each) === 'cpu'))

/** Facts about one engine here. `others`: everything else that can run. */
export function engineFacts(contender: Contender, need: Need, others: readonly Contender[]): Facts {
  const { runtime, verdict } = contender
  const { facts } = runtime
  const fulfils = Object.keys(facts.fulfils).filter(must => !verdict.lacks?.some(each => each === must))
  const traitsOfOthers = new Set(others.filter(each => each !== contender).flatMap(each => each.runtime.facts.traits))
  return {
    'engine.traits': facts.traits,
    'engine.kind': facts.concurrency.kind,
    'engine.crowded': need.users > facts.concurrency.comfortableUsers,
    // Before a plan says how many it answers at once.
    'engine.waits': facts.concurrency.kind !== 'batched' && need.users > facts.concurrency.comfortableUsers,
    'engine.backend': backendOf(contender),
    'engine.how': verdict.how,
    'engine.fulfils': fulfils,
    'engine.missing': need.must.filter(must => !fulfils.includes(must)),
    'engine.madeFor': Object.keys(facts.madeFor),
    'engine.speculative': tierOf(runtime, 'speculative'),
    'others.traits': [...traitsOfOthers],
    'others.light': others.some(each => each !== contender && isLight(each, others)),
  }
}
