import { gpuDevices } from '../../../electron/core/recommend/devices'
import type { Placement } from '../../../electron/core/recommend/placement'
import type { SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { estimateSpeed, type SpeedInput } from '../../../electron/core/recommend/speed'
import type { Range } from '../../../electron/contract/decision'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { machineOf, vendorOf } from './machine-of'
import { modelOf } from './model-of'
import { builtBefore2025, builtBefore2026, depthOf, withoutFlashAttention, type PerfRow } from './rows'

export type Stratum = 'dense' | 'moe' | 'batched'
export type Case = { row: PerfRow; stratum: Stratum; backend: string; deviceKey: string; input: SpeedInput | null }

/** A row as the question the app asks itself; `input` is null where model or device cannot be made out. */
export function caseOf(row: PerfRow): Case {
  const bench = machineOf(row)
  const model = modelOf(row)
  const mixture = model ? model.activeParameters < model.parameters : /a\d+b|moe|gpt-oss/i.test(row.model)
  const stratum = row.concurrency > 1 ? 'batched' : mixture ? 'moe' : 'dense'
  const backend = bench?.backend ?? (row.backend.toLowerCase() || 'unknown')
  if (!bench || !model) return { row, stratum, backend, deviceKey: bench?.key ?? row.device, input: null }
  const facts = factsOf(row)
  // Metal is what a Mac's GPU is found by, also where MoltenVK was measured.
  const devices = gpuDevices(bench.machine, vendorOf(row.device) === 'apple' ? 'metal' : backend)
  const perDevice = model.shape.layers / Math.max(1, devices.length)
  const weightsMiB = model.weightsBytes / 1024 ** 2 / Math.max(1, devices.length)
  const placement: Placement = {
    shares: devices.map(device => ({ device, weightsMiB, kvMiB: 0, computeMiB: 0, overheadMiB: 0, freeMiB: 0, layers: perDevice })),
    ...{
      fits: true,
      gpuLayers: model.shape.layers,
      layers: model.shape.layers,
      tensorParallel: 1,
      memoryShare: null,
      kvQuantisation: 'f16',
    },
  }
  const input: SpeedInput = {
    ...{ machine: bench.machine, placement, model, backend, facts, task: 'chat', depthTokens: depthOf(row) },
    ...{ users: row.concurrency, slots: row.concurrency, contextTokens: 65_536 },
    ...{ flashAttention: !withoutFlashAttention(row), early: builtBefore2025(row), promptKernels: builtBefore2026(row) },
  }
  return { row, stratum, backend, deviceKey: bench.key, input: devices.length === 0 ? null : input }
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
