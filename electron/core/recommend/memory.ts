import type { MemoryEstimate } from '../../contract/decision'
import { marginMiB } from './devices'
import { kvBytesPerCell, padTo256, slidingCells, defaultMicroBatch } from './kv-cache'
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
      }
      const totalMiB = round(share.device.totalMiB)
      const used = Object.values(parts).reduce((sum, part) => sum + part, 0)
      return { id: share.device.id, name: share.device.name, totalMiB, ...parts, freeMiB: round(totalMiB - used) }
    }),
    fits: placement.fits,
    gpuLayers: placement.gpuLayers,
    layers: placement.layers,
    workings: workingsOf(input, placement),
    basis: input.model.basis,
  }
}

const round = (value: number) => Math.round(value * 10) / 10

function workingsOf(input: PlacementInput, placement: Placement): string[] {
  const { model, slots, contextTokens, kvQuantisation } = input
  const { shape } = model
  const assumed = placement.shares.flatMap(share => share.device.assumed.map(text => `${share.device.name}: ${text}.`))
  const margins = placement.shares.map(share => `${Math.round(marginMiB(share.device))} MiB on ${share.device.name}`)
  const reserved =
    placement.memoryShare === null
      ? []
      : [
          `The engine reserves ${Math.round(placement.memoryShare * 100)} % of each GPU at start: memory is reserved at start, and what weights leave becomes cache.`,
        ]
  return [
    model.basis === 'tensors'
      ? `Weights: sum of the tensors in the file, ${mib(model.weightsBytes)}.`
      : `Weights: ${(model.parameters / 1e9).toFixed(2)} B parameters at ${((model.weightsBytes * 8) / model.parameters).toFixed(2)} bits, ${mib(model.weightsBytes)}.`,
    `KV cache: ${slots} x ${contextTokens} tokens, ${cacheLine(input)} in ${kvQuantisation}.`,
    ...(model.shapeKnown ? [] : ['The shape of this model is not known; an ordinary one of its size was assumed.']),
    `Compute buffer: ${shape.vocabulary} words x ${input.microBatch ?? defaultMicroBatch} tokens x 4 B and activations.`,
    ...reserved,
    ...assumed,
    `Kept free as a margin: ${margins.join(', ')}.`,
  ]
}

function cacheLine(input: PlacementInput): string {
  const { shape } = input.model
  const perCell = kvBytesPerCell(shape, input.kvQuantisation)
  const kind = shape.mla ? 'compressed (MLA) ' : ''
  const full = `${shape.fullAttentionLayers} layers x ${perCell} B per token ${kind}`.trim()
  const window = shape.slidingWindow
  const sliding =
    window !== null && shape.slidingLayers > 0
      ? `, ${shape.slidingLayers} sliding layers of ${slidingCells(input.contextTokens, window, input.microBatch ?? defaultMicroBatch)} cells`
      : ''
  const recurrent = shape.layers - shape.fullAttentionLayers - shape.slidingLayers
  return `${full} x ${padTo256(input.contextTokens)} cells${sliding}${recurrent > 0 ? `, ${recurrent} recurrent layers of fixed size` : ''}`
}

const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
