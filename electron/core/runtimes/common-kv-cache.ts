import type { ModelShape } from '../../contract/model'

/** Without a shape: what a dense model of 8 billion parameters takes (32 layers, 8 K/V heads of 128, 16 bits). */
const usualBytesPerToken = 131_072

/**
 * Bytes of KV cache that one token takes in a paged cache: K and V of each layer with a growing cache. Layers with a sliding
 * window are counted whole, since servers keep them in the same pages unless they say otherwise; MLA keeps its compressed
 * vector once. Formula: https://docs.vllm.ai/en/latest/design/hybrid_kv_cache_manager/ and arXiv 2405.04434 (MLA).
 */
export function kvBytesPerToken(shape: ModelShape | null, bytesPerValue: number): number {
  if (!shape) return usualBytesPerToken * (bytesPerValue / 2)
  const layers = shape.fullAttentionLayers + shape.slidingLayers || shape.layers
  if (shape.mla) return layers * (shape.mla.kvLoraRank + shape.mla.ropeDim) * bytesPerValue
  const width = (shape.keyDim ?? shape.headDim) + (shape.valueDim ?? shape.headDim)
  return layers * shape.kvHeads * width * bytesPerValue
}
