import type { ModelSize } from './model-size'
import type { Placement, Share } from './placement'
import { expertBytes, type Read } from './speed-work'

/** What a device reads for one step, its part of the cache, and how many layers run on it. */
export type Part = { bytes: number; weights: number; cache: number; layers: number; recurrentShare: number }

/** Parts by device: whole layers, or with the experts of a mixture in main memory. */
export function partOf(share: Share, placement: Placement, { model, read }: { model: ModelSize; read: Read }): Part {
  const total = sumOf(placement.shares)
  const beside = expertsBeside(placement, model)
  if (beside === null) {
    const part = total > 0 ? share.weightsMiB / total : 1
    const ofLayers = model.shape.layers > 0 ? share.layers / model.shape.layers : 1
    const cache = ofLayers / placement.tensorParallel
    return { bytes: read.bytes * part, weights: read.weights * part, cache, layers: share.layers, recurrentShare: 1 }
  }
  const { experts, others } = beside
  const inMemory = (all: number, ofExperts: number) => ofExperts * experts + (all - ofExperts) * others
  const memory = { bytes: inMemory(read.bytes, read.expertBytes), weights: inMemory(read.weights, read.expertWeights) }
  if (share.device.kind === 'ram') return { ...memory, cache: others, layers: model.shape.layers * experts, recurrentShare: others }
  const part = share.weightsMiB / sumOf(placement.shares.filter(each => each.device.kind !== 'ram'))
  const bytes = (read.bytes - memory.bytes) * part
  const weights = (read.weights - memory.weights) * part
  return { bytes, weights, cache: (1 - others) * part, layers: model.shape.layers * (1 - others) * part, recurrentShare: 1 }
}

const sumOf = (shares: readonly Share[]) => shares.reduce((sum, each) => sum + each.weightsMiB, 0)

/**
 * Shares of the experts, and of the rest, that stay in main memory beside a GPU: llama.cpp leaves experts there first and keeps
 * on the GPU what every token needs (`--fit`, common/fit.cpp; `--n-cpu-moe`, ggml-org/llama.cpp #15077). Null where no mixture is
 * divided so. Against 14 such runs on a laptop (ghost91-/llama-bench, July 2026): whole layers said 30 % too little.
 */
function expertsBeside({ shares, tensorParallel }: Placement, model: ModelSize): { experts: number; others: number } | null {
  const memory = shares.find(({ device }) => device.kind === 'ram')
  const all = expertBytes(model)
  if (!memory || shares.length < 2 || tensorParallel > 1 || all <= 0) return null
  const bytes = (memory.weightsMiB / sumOf(shares)) * model.weightsBytes
  return { experts: Math.min(1, bytes / all), others: Math.max(0, bytes - all) / Math.max(1, model.weightsBytes - all) }
}
