import type { MemoryEstimate } from '../../contract/decision'
import { marginMiB } from './devices'
import { defaultMicroBatch, kvBytesPerCell, padTo256, slidingCells } from './kv-cache'
import type { Placement, PlacementInput } from './placement'

const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`

/** What each part of the memory is and what its figure rests on: said on the part itself. */
export function partsInWords(input: PlacementInput, placement: Placement): NonNullable<MemoryEstimate['parts']> {
  return {
    weights: `The numbers of the model. ${weightsLine(input)}${repackedLine(placement)}`,
    kv: `What it keeps of each conversation. ${cacheLine(input, placement)}`,
    compute: `Room for what is worked out in one step. ${computeLine(input)}`,
    overhead: `The engine itself: its program, libraries and what the driver takes for it. ${overheadLine(placement)}`,
    others: othersLine(placement),
    free: `What nothing is planned for. ${marginLine(placement)}`,
  }
}

export function weightsLine({ model }: PlacementInput): string {
  if (model.basis === 'tensors') return `Sum of the tensors in the file, ${mib(model.weightsBytes)}, from its header.`
  const bits = ((model.weightsBytes * 8) / model.parameters).toFixed(2)
  return `${(model.parameters / 1e9).toFixed(2)} B parameters at ${bits} bits, ${mib(model.weightsBytes)}, from the catalogue.`
}

export function repackedLine({ shares }: Placement): string {
  const repackedMiB = shares.reduce((sum, share) => sum + (share.repackedMiB ?? 0), 0)
  return repackedMiB === 0
    ? ''
    : ` ${Math.round(repackedMiB)} MiB of it are a second copy that llama.cpp packs for this processor; the mapped first one can go when memory is short.`
}

export function cacheLine(input: PlacementInput, { memoryShare }: Placement): string {
  const { slots, contextTokens, kvQuantisation } = input
  const pool = memoryShare === null ? '' : ' The pool is larger: all that the reserved share leaves becomes cache.'
  return `${slots} x ${contextTokens} tokens, ${layersOfCache(input)} in ${kvQuantisation}.${pool}`
}

function layersOfCache(input: PlacementInput): string {
  const { shape } = input.model
  const microBatch = input.microBatch ?? defaultMicroBatch
  const perCell = kvBytesPerCell(shape, input.kvQuantisation)
  const kind = shape.mla ? ' compressed (MLA)' : ''
  const full = `${shape.fullAttentionLayers} layers x ${perCell} B per token${kind} x ${padTo256(input.contextTokens)} cells`
  const window = shape.slidingWindow
  const sliding =
    window !== null && shape.slidingLayers > 0
      ? `, ${shape.slidingLayers} sliding layers of ${slidingCells(input.contextTokens, window, microBatch)} cells`
      : ''
  const recurrent = shape.layers - shape.fullAttentionLayers - shape.slidingLayers
  const state = recurrent > 0 && shape.recurrentStateBytes > 0 ? `, ${recurrent} layers with a state of fixed size` : ''
  return `${full}${sliding}${state}`
}

export function computeLine(input: PlacementInput): string {
  const { model, engine, slots, lastOutputsOnly } = input
  if (engine.reservedShare !== null) return 'Activations of a prefill of 2,048 tokens and one row of logits for each sequence.'
  const rows = lastOutputsOnly ? slots : (input.microBatch ?? defaultMicroBatch)
  const scores = input.flashAttention === false ? ', the attention scores (no flash attention)' : ''
  return `Logits of ${model.shape.vocabulary} words x ${rows} tokens x 4 B${scores} and activations.`
}

const overheadLine = ({ shares }: Placement) =>
  `${shares.map(({ device, overheadMiB }) => `${Math.round(overheadMiB)} MiB on ${device.name}`).join(', ')}, as seen of this engine on its backend.`

const othersLine = ({ shares }: Placement) =>
  [
    'Held by other programs and the system: what there is, less what was free when it was last looked at.',
    ...shares.flatMap(({ device }) => device.assumed.map(text => `${device.name}: ${text}.`)),
  ].join(' ')

export const marginLine = ({ shares }: Placement) =>
  `Kept free as a margin: ${shares.map(({ device }) => `${Math.round(marginMiB(device))} MiB on ${device.name}`).join(', ')}.`
