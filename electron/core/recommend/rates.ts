import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { Runtime } from '../runtimes/runtime'
import { coresOf } from './cores'
import type { ModelSize } from './model-size'
import type { Placement } from './placement'
import { prefillRate, promptTokensFor } from './prefill'
import { concurrencyScale, decodeRate } from './speed-model'
import { threadsOf } from './threads'

/** Of whom rates are asked: the same for all plans of one engine. */
type Rated = { machine: Machine; need: Need; runtime: Runtime; backend: string; calibration: number | null }
export type RatedPlan = { model: ModelSize; placement: Placement; slots: number; contextTokens: number; flashAttention: boolean }

export type PlanRates = {
  /** Milliseconds to the first token of a usual prompt; null where the hardware does not tell it. */
  firstTokenMs(): number | null
  /** Tok/s of one stream. */
  alone(): number
  /** Tok/s that each gets while all users are answered. */
  each(): number
  /** More than that none can get: a step of many streams reads and computes no less than a step of one. */
  mostEach(): number
}

/**
 * Rates of the plans of one engine; what is not known of the hardware is taken as modest. For many people contexts, caches and
 * engines are tried by the thousand, and most leave the layers in the same place, where the rates are the same: they are reckoned once.
 */
export function ratesFor({ machine, need, runtime, backend, calibration }: Rated): (plan: RatedPlan) => PlanRates {
  const { kind } = runtime.facts.concurrency
  const { users, task } = need
  const speedFactor = (runtime.facts.speedFactor[backend] ?? 0.9) * (calibration ?? 1)
  const prompting = withModestCpu(machine)
  const asked = `${numberOf(machine)} ${backend} ${speedFactor} ${kind} ${users} `
  const batchKernels = kind === 'batched'
  const decoding = { ...{ machine, backend, speedFactor, batchKernels, assumedGpuGBps: modestGpuGBps }, threads: threadsOf(machine) }
  const prefilling = { ...{ machine: prompting, backend, assumedTflops: modestTflops }, threads: threadsOf(prompting) }

  return plan => {
    const { model, placement, flashAttention, slots, contextTokens } = plan
    const known = knownOf(plan, asked)
    const alone = () => (known.alone ??= decodeRate({ ...decoding, placement, model, flashAttention }).tokensPerSecond ?? 1)
    const scale = () => concurrencyScale({ ...decoding, placement, model, flashAttention, users, slots, kind })
    return {
      firstTokenMs() {
        known.prefill ??= { rate: prefillRate({ ...prefilling, placement, model }) }
        const { rate } = known.prefill
        return rate === null ? null : (promptTokensFor(task, contextTokens) / rate) * 1000
      },
      alone,
      each() {
        const scaled = known.scales.get(slots) ?? scale()
        known.scales.set(slots, scaled)
        return (alone() * scaled) / users
      },
      mostEach: () => (alone() * Math.min(users, Math.max(1, slots))) / users,
    }
  }
}

type Known = { prefill: { rate: number | null } | null; alone: number | null; scales: Map<number, number> }

/** Kept as long as the sizes of the models, that is for one decision. */
const reckoned = new WeakMap<ModelSize, Map<string, Known>>()

function knownOf(plan: RatedPlan, asked: string): Known {
  const ofModel = reckoned.get(plan.model) ?? new Map<string, Known>()
  const key = asked + placeKey(plan)
  const known = ofModel.get(key)
  if (known) return known
  const fresh = { prefill: null, alone: null, scales: new Map<number, number>() }
  reckoned.set(plan.model, ofModel.set(key, fresh))
  return fresh
}

/** All that a rate depends on beside the model and what computes it: where its layers lie. What else a device holds is nothing to it. */
function placeKey({ placement, flashAttention }: RatedPlan): string {
  const { shares, tensorParallel, gpuLayers, kvQuantisation } = placement
  let key = `${flashAttention ? 'f' : ''}${tensorParallel} ${gpuLayers} ${kvQuantisation}`
  // Bytes are the same wherever the layers are; whole ones tell a copy that is packed anew.
  for (const { device, layers, weightsMiB } of shares) key += ` ${device.id} ${layers} ${Math.round(weightsMiB * 64)}`
  return key
}

/** A machine is never changed in place, so a number stands for it. */
const numbers = new WeakMap<Machine, number>()
let machines = 0
function numberOf(machine: Machine): number {
  const number = numbers.get(machine) ?? ++machines
  numbers.set(machine, number)
  return number
}

/** Every desktop processor since 2013 has AVX2, and every 64-bit ARM one NEON. */
function withModestCpu(machine: Machine): Machine {
  const { cpu, os } = machine
  if (cpu.isa.length > 0 && coresOf(machine) !== null) return machine
  const isa = cpu.isa.length > 0 ? cpu.isa : [os.arch === 'x64' ? 'AVX2' : 'NEON']
  return { ...machine, cpu: { ...cpu, isa, physicalCores: coresOf(machine) ?? modestCores } }
}

/** Taken for a GPU whose bandwidth is not known, to compare models among each other: an entry card. */
const modestGpuGBps = 150
const modestTflops = 8
const modestCores = 4
