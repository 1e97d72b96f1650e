import type { MemoryEstimate } from '../../contract/decision'
import { cacheLine, computeLine, marginLine, partsInWords, repackedLine, weightsLine } from './memory-parts'
import { place, type Placement, type PlacementInput } from './placement'

/**
 * How much memory a start would take on each device, in MiB: weights from the tensors where the file is known, otherwise
 * from its size or bits per weight; cache and buffers from the shape (formulas in kv-cache.ts); the engine's own part;
 * what other programs use, as detected. The parts and what stays free sum to the device's total.
 */
export const estimateMemory = (input: PlacementInput): MemoryEstimate => describePlacement(input, place(input))

/** The same for a placement that is known already. */
export function describePlacement(input: PlacementInput, placement: Placement): MemoryEstimate {
  return {
    devices: placement.shares.map(share => {
      const parts = {
        weightsMiB: round(share.weightsMiB),
        kvMiB: round(share.kvMiB),
        computeMiB: round(share.computeMiB),
        overheadMiB: round(share.overheadMiB),
        othersMiB: round(share.device.othersMiB),
        ...(share.projectorMiB !== undefined && { projectorMiB: round(share.projectorMiB) }),
      }
      const totalMiB = round(share.device.totalMiB)
      const used = Object.values(parts).reduce<number>((sum, part) => sum + part, 0)
      const repacked = share.repackedMiB ? { repackedMiB: round(share.repackedMiB) } : {}
      return { id: share.device.id, name: share.device.name, totalMiB, ...parts, freeMiB: round(totalMiB - used), ...repacked }
    }),
    fits: placement.fits,
    gpuLayers: placement.gpuLayers,
    layers: placement.layers,
    workings: workingsOf(input, placement),
    basis: input.model.basis,
    parts: partsInWords(input, placement),
  }
}

const round = (value: number) => Math.round(value * 10) / 10

function workingsOf(input: PlacementInput, placement: Placement): string[] {
  const assumed = placement.shares.flatMap(share => share.device.assumed.map(text => `${share.device.name}: ${text}.`))
  const reserved =
    placement.memoryShare === null
      ? []
      : [
          `The engine reserves ${Math.round(placement.memoryShare * 100)} % of each GPU at start: memory is reserved at start, and what weights leave becomes cache.`,
        ]
  return [
    `Weights: ${weightsLine(input)}${repackedLine(placement)}`,
    `KV cache: ${cacheLine(input, placement)}`,
    ...(input.model.shapeKnown ? [] : ['The shape of this model is not known; an ordinary one of its size was assumed.']),
    `Compute buffer: ${computeLine(input)}`,
    ...reserved,
    ...assumed,
    marginLine(placement),
  ]
}
