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

export type KvInput = {
  contextTokens: number
  kvQuantisation: KvQuantisation
  microBatch?: number
  /** Absent = on. */
  flashAttention?: boolean
}

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
  const cells = padTo256(input.contextTokens)
  const window = shape.slidingWindow
  const slidingLayerCells = window === null ? cells : slidingCells(input.contextTokens, window, input.microBatch ?? defaultMicroBatch)
  const perCell = kvBytesPerCell(shape, input.kvQuantisation)
  if (!shape.sliding) return { full: perCell * cells, sliding: perCell * slidingLayerCells }
  // Sliding layers of some models (Gemma 4) have heads of their own.
  const bytes = bytesPerValue[input.kvQuantisation]
  const sliding = shape.sliding.kvHeads * shape.sliding.headDim
  const [key, value] = [shape.kvHeads * (shape.keyDim ?? shape.headDim), shape.kvHeads * (shape.valueDim ?? shape.headDim)]
  // Without flash attention values are kept transposed, in rows as wide as the widest layer's (llama-kv-cache.cpp, n_embd_v_gqa_max).
  const widest = input.flashAttention === false ? Math.max(value, sliding) : null
  return {
    full: (key + (widest ?? value)) * bytes * cells,
    sliding: (sliding + (widest ?? sliding)) * bytes * slidingLayerCells,
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
  /** The mask is copied to it in 32 bits and made 16 there; on a CPU it is there in 16. */
  onGpu?: boolean
  /** Sequences whose last token alone gets logits; null or absent = room for the logits of a whole micro-batch. */
  lastOutputs?: number | null
}

/** Activations of the hidden size that live at once beside those of the feed-forward layer. */
const besideFeedForward = 5
/** Width of a feed-forward layer over the hidden size, where it is not known. */
const usualFeedForward = 3
/** While the score matrix is there, of the width of all heads: the feed-forward layer comes later. */
const besideScores = 7
/** Queries of all heads in the compressed space and what becomes of them, where the cache is compressed. */
const compressedQueries = 2.9

const largeMaskBytes = 88 * 1024 * 1024

/**
 * Bytes of llama.cpp's compute buffer: logits of a micro-batch beside two activations (until 2025), or of each sequence's last
 * token; the activations of a layer; without flash attention the score matrix with its mask. Checked against what
 * llama.cpp itself reserves for 60 models (test/unit/recommend/memory-families.test.ts), its logs on GPUs
 * (memory-logs.test.ts) and, live, in test/live/memory.live.test.ts.
 */
export function computeBytes(shape: ModelShape, input: ComputeInput): number {
  const microBatch = input.microBatch ?? defaultMicroBatch
  const cells = padTo256(input.contextTokens)
  const activation = shape.hidden * microBatch * 4
  const scores = shape.heads * microBatch * cells * 4
  const mask = microBatch * cells * 4
  const compressed = shape.mla ? compressedQueries * shape.heads * (shape.mla.kvLoraRank + shape.mla.ropeDim) * microBatch * 4 : 0
  if (input.lastOutputs != null) {
    const logits = shape.vocabulary * input.lastOutputs * 4
    const width = Math.max(shape.hidden, shape.heads * shape.headDim) * microBatch * 4
    const layer = Math.max(layerWidth(shape) * microBatch * 4, compressed) + mask / 2
    return logits + (input.flashAttention ? layer : Math.max(layer, scores + mask + Math.max(besideScores * width, compressed)))
  }
  const output = shape.vocabulary * microBatch * 4 + 2 * activation
  if (input.flashAttention) return withFlashAttention(shape, input, { output, mask, compressed })
  const values = shape.kvHeads * (shape.valueDim ?? shape.headDim) * cells * 2
  return Math.max(output, layerWidth(shape) * microBatch * 4 + mask / 2, scores + mask + Math.max(values + 3 * activation, compressed))
}

/** Values of one token that are live in the widest feed-forward layer (gate, up and their product, or those of the experts and what they give) and beside it. */
function layerWidth({ hidden, feedForward, expertFeedForward, expertsUsed }: ModelShape): number {
  const mixture = expertsUsed && expertFeedForward ? expertsUsed * (2 * expertFeedForward + 0.9 * hidden) : 0
  const dense = 3 * (feedForward ?? (mixture > 0 ? 0 : usualFeedForward * hidden))
  return Math.max(dense, mixture) + besideFeedForward * hidden
}

type Parts = { output: number; mask: number; compressed: number }

function withFlashAttention(shape: ModelShape, input: ComputeInput, { output, mask, compressed }: Parts): number {
  const width = Math.max(shape.hidden, shape.heads * shape.headDim) * (input.microBatch ?? defaultMicroBatch) * 4
  if (input.onGpu) return Math.max(output, 1.5 * mask + Math.max(5 * width, compressed))
  const layer = layerWidth(shape) * (input.microBatch ?? defaultMicroBatch) * 4
  const least = Math.max(output, Math.max(layer, compressed) + mask / 2)
  // A large mask lies beside the logits as often as in their place, a small one hardly ever: it depends on how ggml lays tensors out.
  const beside = Math.max(0, output + mask / 2 - least)
  return least + 0.485 * beside * Math.min(1, beside / largeMaskBytes)
}

/**
 * Bytes a batching server needs beside weights and cache: activations of a 2,048-token prefill (24 values of the hidden
 * size per token, which meets the 0.37 GiB that vLLM logs for an 8B model, vllm-project/vllm PR 14447) and one row of
 * logits per sequence.
 */
export const serverComputeBytes = (shape: ModelShape, sequences: number) => 2048 * shape.hidden * 2 * 24 + sequences * shape.vocabulary * 4
