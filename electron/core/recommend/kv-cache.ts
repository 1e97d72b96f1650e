import type { ModelShape } from '../../contract/model'

export type KvQuantisation = 'f16' | 'q8_0' | 'q4_0'

/**
 * Bytes per cached value: ggml blocks of 32 values take 34 bytes in q8_0 and 18 in q4_0
 * (https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h).
 */
const bytesPerValue: Readonly<Record<KvQuantisation, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 }

/** Tokens of one micro-batch in llama.cpp when nothing else is asked for (`-ub`). */
export const defaultMicroBatch = 512

export const padTo256 = (cells: number) => Math.ceil(cells / 256) * 256

/**
 * Cells that a sliding-window layer keeps: the window and one micro-batch, rounded up to 256, and never more than the
 * context (llama.cpp, src/llama-kv-cache-iswa.cpp).
 */
export const slidingCells = (contextTokens: number, window: number, microBatch: number) =>
  Math.min(padTo256(contextTokens), padTo256(window + microBatch))

export type KvInput = { contextTokens: number; kvQuantisation: KvQuantisation; microBatch?: number }

/**
 * Bytes of the KV cache of one sequence, all layers: heads x (key + value) x cells for attention, one compressed row per
 * cell for MLA, a fixed state for recurrent layers.
 */
export function kvBytes(shape: ModelShape, input: KvInput): number {
  const perLayer = kvBytesPerLayer(shape, input)
  const recurrentLayers = Math.max(0, shape.layers - shape.fullAttentionLayers - shape.slidingLayers)
  return perLayer.full * shape.fullAttentionLayers + perLayer.sliding * shape.slidingLayers + recurrentLayers * shape.recurrentStateBytes
}

/** Bytes of one layer of each kind, one sequence. */
export function kvBytesPerLayer(shape: ModelShape, input: KvInput): { full: number; sliding: number } {
  const perCell = kvBytesPerCell(shape, input.kvQuantisation)
  // Sliding layers of some models (Gemma 4) have heads of their own.
  const slidingPerCell = shape.sliding ? 2 * shape.sliding.kvHeads * shape.sliding.headDim * bytesPerValue[input.kvQuantisation] : perCell
  const cells = padTo256(input.contextTokens)
  const window = shape.slidingWindow
  const microBatch = input.microBatch ?? defaultMicroBatch
  return {
    full: perCell * cells,
    sliding: slidingPerCell * (window === null ? cells : slidingCells(input.contextTokens, window, microBatch)),
  }
}

/** Bytes that one token takes in one attention layer. MLA keeps one row for keys and values together. */
export function kvBytesPerCell(shape: ModelShape, quantisation: KvQuantisation): number {
  const bytes = bytesPerValue[quantisation]
  if (shape.mla) return (shape.mla.kvLoraRank + shape.mla.ropeDim) * bytes
  return shape.kvHeads * ((shape.keyDim ?? shape.headDim) + (shape.valueDim ?? shape.headDim)) * bytes
}

export type ComputeInput = {
  contextTokens: number
  flashAttention: boolean
  microBatch?: number
  /** Sequences whose last token alone gets logits; null or absent = room for the logits of a whole micro-batch. */
  lastOutputs?: number | null
}

/** Activations of the hidden size that live at once: three of the feed-forward layer, about 3.2 times as wide, and five more. */
const liveActivations = 14
/** While the score matrix is there, of the width of all heads: the feed-forward layer comes later. */
const besideScores = 7

/**
 * Bytes of llama.cpp's compute buffer: logits of a micro-batch beside two activations (until 2025), or of each sequence's last
 * token; the activations of a layer; without flash attention the score matrix with its mask. Checked against its log
 * for two models in test/unit/recommend/memory.test.ts and, live, in test/live/memory.live.test.ts.
 */
export function computeBytes(shape: ModelShape, input: ComputeInput): number {
  const microBatch = input.microBatch ?? defaultMicroBatch
  const cells = padTo256(input.contextTokens)
  const activation = shape.hidden * microBatch * 4
  const scores = shape.heads * microBatch * cells * 4
  const mask = microBatch * cells * 4
  if (input.lastOutputs != null) {
    const logits = shape.vocabulary * input.lastOutputs * 4
    const width = Math.max(shape.hidden, shape.heads * shape.headDim) * microBatch * 4
    const layer = liveActivations * activation + mask / 2
    return logits + (input.flashAttention ? layer : Math.max(layer, scores + mask + besideScores * width))
  }
  const output = Math.max(shape.vocabulary * microBatch * 4 + 2 * activation, liveActivations * activation + mask / 2)
  if (input.flashAttention) return output
  const values = shape.kvHeads * (shape.valueDim ?? shape.headDim) * cells * 2
  return Math.max(output, scores + mask + values + 3 * activation)
}

/**
 * Bytes a batching server needs beside weights and cache: activations of a 2,048-token prefill (24 values of the hidden
 * size per token, which meets the 0.37 GiB that vLLM logs for an 8B model, vllm-project/vllm PR 14447) and one row of
 * logits per sequence.
 */
export const serverComputeBytes = (shape: ModelShape, sequences: number) => 2048 * shape.hidden * 2 * 24 + sequences * shape.vocabulary * 4
