import { gpuDevices, mainMemory, type Device } from '../../../electron/core/recommend/devices'
import type { ModelSize } from '../../../electron/core/recommend/model-size'
import type { Placement } from '../../../electron/core/recommend/placement'
import type { SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { expertBytes } from '../../../electron/core/recommend/speed-work'
import { estimateSpeed, type SpeedInput } from '../../../electron/core/recommend/speed'
import type { Range } from '../../../electron/contract/decision'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { conditionsOf, type Conditions } from './conditions'
import { machineOf, type Bench } from './machine-of'
import { modelOf } from './model-of'
import { builtBefore2025, builtBefore2026, depthOf, withoutFlashAttention, type PerfRow } from './rows'

export type Stratum = 'dense' | 'moe' | 'batched'
/** `input` is null where device or model cannot be made out, and `why` says what is missing. */
export type Case = { row: PerfRow; stratum: Stratum; backend: string; deviceKey: string; input: SpeedInput | null; why: string | null }

/** A row as the question the app asks itself. */
export function caseOf(row: PerfRow): Case {
  const bench = machineOf(row)
  const model = modelOf(row)
  const mixture = model ? model.activeParameters < model.parameters : /a\d+b|moe|gpt-oss/i.test(row.model)
  const stratum = row.concurrency > 1 ? 'batched' : mixture ? 'moe' : 'dense'
  const common = { row, stratum, backend: bench.backend, deviceKey: bench.key } as const
  if ('why' in bench) return { ...common, input: null, why: bench.why }
  if (!model)
    return { ...common, input: null, why: `the size of ${row.model || 'a model without a name'} is neither in a column nor in its name` }
  const placement = placementOf(bench, model, row)
  if (placement === null) return { ...common, input: null, why: `${row.device} has no GPU that ${bench.backend} uses` }
  const input: SpeedInput = {
    ...{ machine: bench.machine, placement, model, backend: bench.backend, facts: factsOf(row), task: 'chat', depthTokens: depthOf(row) },
    ...{ users: row.concurrency, slots: row.concurrency, contextTokens: 65_536, threads: conditionsOf(row).threads },
    ...{ flashAttention: !withoutFlashAttention(row), early: builtBefore2025(row), promptKernels: builtBefore2026(row) },
  }
  return { ...common, input, why: null }
}

/**
 * All layers on the GPUs, in proportion to their memory, or in main memory; what the notes say stayed in main memory is laid
 * there as whole layers. Null where the backend has no GPU.
 */
function placementOf({ machine, backend }: Bench, model: ModelSize, row: PerfRow): Placement | null {
  // Metal is what a Mac's GPU is found by, also where MoltenVK was measured.
  const isMac = machine.gpus[0]?.vendor === 'apple'
  const devices = backend === 'cpu' ? [mainMemory(machine)] : gpuDevices(machine, isMac ? 'metal' : backend)
  const totalMiB = devices.reduce((sum, device) => sum + device.totalMiB, 0)
  if (devices.length === 0) return null
  const { layers } = model.shape
  const conditions = conditionsOf(row)
  const { tensorParallel } = conditions
  const kept = backend === 'cpu' ? 0 : keptLayers(model, conditions)
  const shareOf = (device: Device, part: number, count: number) => ({
    ...{ device, weightsMiB: (model.weightsBytes / 1024 ** 2) * part, layers: count },
    ...{ kvMiB: 0, computeMiB: 0, overheadMiB: 0, freeMiB: 0 },
  })
  const onGpu = devices.map(device => {
    // A memory of nought says as little as none.
    const part = (totalMiB > 0 ? device.totalMiB / totalMiB : 1 / devices.length) * (1 - kept / layers)
    return shareOf(device, part, tensorParallel > 1 ? layers : layers * part)
  })
  return {
    shares: kept > 0 ? [...onGpu, shareOf(mainMemory(machine), kept / layers, kept)] : onGpu,
    ...{ fits: true, gpuLayers: backend === 'cpu' ? 0 : layers - kept, layers, tensorParallel, memoryShare: null, kvQuantisation: 'f16' },
  }
}

/** Layers' worth of weights in main memory; experts that stay there are most of a layer. */
function keptLayers(model: ModelSize, { gpuLayers, expertLayers }: Conditions): number {
  const { layers } = model.shape
  if (expertLayers > 0) return Math.min(layers, expertLayers) * (expertBytes(model) / model.weightsBytes)
  return gpuLayers === null ? 0 : Math.max(0, layers - gpuLayers)
}

/** Facts of the runtime a row names; `batched-bench` decodes all streams in one batch without a server around it. */
function factsOf({ runtime }: PerfRow): SpeedInput['facts'] {
  const plain = runtime.toLowerCase().replace(/[^a-z]/g, '')
  const found =
    runtimes.find(each => each.facts.formats.length > 0 && each.id.replace(/[^a-z]/g, '') === plain) ??
    runtimes.find(each => each.id === 'llama.cpp')
  if (!found) throw new Error('The registry lacks llama.cpp')
  const { speedFactor, concurrency } = found.facts
  return { speedFactor, concurrency: /batched/i.test(runtime) ? { ...concurrency, kind: 'batched' } : concurrency }
}

/** What the app would say; null when it says that it cannot. */
export function predict({ row, input }: Case, factors: SpeedFactors): Range | null {
  if (!input) return null
  const speed = estimateSpeed({ ...input, factors })
  return row.concurrency > 1 ? speed.users : speed.oneUser
}
