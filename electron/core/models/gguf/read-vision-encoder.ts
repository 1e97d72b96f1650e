import type { VisionEncoder } from '../../../contract/model'
import type { GgufHeader } from './header'
import { headerValues } from './header-values'

/**
 * The shape of a projector's vision encoder; null where a key is missing that every one of them has. What its layers are made of
 * is told by their tensors: older conversions write no feed-forward width and name `up` and `down` the other way round.
 * Keys and names: https://github.com/ggml-org/llama.cpp/blob/master/tools/mtmd/clip-impl.h.
 */
export function readVisionEncoder({ metadata, tensors }: Pick<GgufHeader, 'metadata' | 'tensors'>): VisionEncoder | null {
  const values = headerValues(metadata)
  const shapeOf = (name: string) => tensors.find(each => each.name === name)?.dimensions.map(Number) ?? null
  const [imagePixels, patchPixels] = [values.count('clip.vision.image_size'), values.count('clip.vision.patch_size')]
  const [width, heads] = [values.count('clip.vision.embedding_length'), values.count('clip.vision.attention.head_count')]
  const [layers, outputWidth] = [values.count('clip.vision.block_count'), values.count('clip.vision.projection_dim')]
  const inner = shapeOf('v.blk.0.ffn_up.weight')
  if (!imagePixels || !patchPixels || !width || !heads || !layers || !outputWidth || !inner) return null
  const deepstack = tensors.flatMap(({ name }) => /^v\.deepstack\.(\d+)\.fc1\.weight$/.exec(name)?.[1] ?? [])
  return {
    ...{ imagePixels, patchPixels, width, heads, layers, outputWidth },
    projector: values.text('clip.projector_type') ?? values.text('clip.vision.projector_type') ?? 'mlp',
    feedForward: inner.find(each => each !== width) ?? width,
    merge: values.count('clip.vision.spatial_merge_size') ?? values.count('clip.vision.projector.scale_factor'),
    gated: shapeOf('v.blk.0.ffn_gate.weight') !== null,
    fused: shapeOf('v.blk.0.attn_qkv.weight') !== null,
    classToken: shapeOf('v.class_embd') !== null,
    deepstackLayers: deepstack.map(Number),
  }
}
