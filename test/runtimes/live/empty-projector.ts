import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { ggufHeader, type WrittenTensor, type WrittenValue } from '../../unit/models/fixtures/gguf-writer'

/** A vision encoder of a family, of any size. */
export type EmptyProjector = {
  /** `clip.projector_type`. */
  projector: string
  imagePixels: number
  patchPixels: number
  width: number
  feedForward: number
  heads: number
  layers: number
  /** Of the vectors that the model takes. */
  outputWidth: number
  merge: number | null
  gated: boolean
  fused: boolean
  deepstackLayers: readonly number[]
}

const [wholes, halves] = [0, 1]

/**
 * A projector of true shape whose WEIGHTS ARE ALL ZERO, for tests of memory: a server loads it and reserves the same buffers as for
 * the published one. The file has holes, so that it takes no room on the disk. Keys and tensors: tools/mtmd/clip-impl.h and clip.cpp
 * of ggml-org/llama.cpp.
 */
export function writeEmptyProjector(path: string, shape: EmptyProjector): void {
  const { header, fileBytes } = ggufHeader({ metadata: keysOf(shape), tensors: tensorsOf(shape) })
  const file = openSync(path, 'w')
  writeSync(file, header)
  ftruncateSync(file, fileBytes)
  closeSync(file)
}

const keysOf = (shape: EmptyProjector): Record<string, WrittenValue> => ({
  'general.architecture': { text: 'clip' },
  'general.type': { text: 'mmproj' },
  'general.name': { text: 'Zeros, for tests' },
  'general.file_type': { u32: 1 },
  'clip.has_vision_encoder': { bool: true },
  'clip.projector_type': { text: shape.projector },
  [shape.gated ? 'clip.use_silu' : 'clip.use_gelu']: { bool: true },
  'clip.vision.image_size': { u32: shape.imagePixels },
  'clip.vision.patch_size': { u32: shape.patchPixels },
  'clip.vision.embedding_length': { u32: shape.width },
  'clip.vision.feed_forward_length': { u32: shape.feedForward },
  'clip.vision.projection_dim': { u32: shape.outputWidth },
  'clip.vision.block_count': { u32: shape.layers },
  'clip.vision.attention.head_count': { u32: shape.heads },
  'clip.vision.attention.layer_norm_epsilon': { f32: 1e-6 },
  'clip.vision.image_mean': { f32s: [0.5, 0.5, 0.5] },
  'clip.vision.image_std': { f32s: [0.5, 0.5, 0.5] },
  ...(shape.merge !== null && {
    'clip.vision.spatial_merge_size': { u32: shape.merge },
    'clip.vision.projector.scale_factor': { u32: shape.merge },
  }),
  ...(shape.projector === 'qwen2.5vl_merger' && { 'clip.vision.n_wa_pattern': { u32: 8 } }),
})

const tensor = (name: string, type: number, ...dimensions: readonly number[]): WrittenTensor => ({
  ...{ name, dimensions, type },
  bytes: dimensions.reduce((product, each) => product * each, type === halves ? 2 : 4),
})
const vector = (name: string, length: number) => tensor(name, wholes, length)
const norm = (name: string, length: number) => [vector(`${name}.weight`, length), vector(`${name}.bias`, length)]
const linear = (name: string, from: number, to: number) => [tensor(`${name}.weight`, halves, from, to), vector(`${name}.bias`, to)]

function tensorsOf(shape: EmptyProjector): WrittenTensor[] {
  const { width, patchPixels, imagePixels, projector, layers } = shape
  const patches = (imagePixels / patchPixels) ** 2
  const patchWeights = (name: string) => tensor(name, halves, patchPixels, patchPixels, 3, width)
  return [
    patchWeights('v.patch_embd.weight'),
    ...(projector.startsWith('qwen') ? [patchWeights('v.patch_embd.weight.1')] : []),
    ...(['qwen2vl_merger', 'qwen2.5vl_merger', 'pixtral', 'gemma4v'].includes(projector) ? [] : [vector('v.patch_embd.bias', width)]),
    ...positionsOf(shape, patches),
    ...(projector === 'internvl' ? [vector('v.class_embd', width)] : []),
    ...(projector === 'pixtral' ? [vector('v.pre_ln.weight', width)] : norm('v.post_ln', width)),
    ...Array.from({ length: layers }, (_, layer) => blockOf(shape, layer)).flat(),
    ...projectionOf(shape),
    ...shape.deepstackLayers.flatMap(layer => [
      ...norm(`v.deepstack.${layer}.norm`, width * 4),
      ...linear(`v.deepstack.${layer}.fc1`, width * 4, width * 4),
      ...linear(`v.deepstack.${layer}.fc2`, width * 4, shape.outputWidth),
    ]),
  ]
}

function positionsOf({ projector, width }: EmptyProjector, patches: number): WrittenTensor[] {
  if (['qwen2vl_merger', 'qwen2.5vl_merger', 'pixtral'].includes(projector)) return []
  if (projector === 'gemma4v') return [tensor('v.position_embd.weight', wholes, width, 10_240, 2)]
  return [tensor('v.position_embd.weight', wholes, width, patches + (projector === 'internvl' ? 1 : 0))]
}

function blockOf({ width, feedForward, heads, fused, gated, projector }: EmptyProjector, layer: number): WrittenTensor[] {
  const name = (part: string) => `v.blk.${layer}.${part}`
  const four = projector === 'gemma4v'
  return [
    ...(fused
      ? linear(name('attn_qkv'), width, width * 3)
      : ['attn_q', 'attn_k', 'attn_v'].flatMap(part => linear(name(part), width, width))),
    ...linear(name('attn_out'), width, width),
    ...['ln1', 'ln2'].flatMap(part => norm(name(part), width)),
    ...(four ? ['attn_q_norm', 'attn_k_norm'].map(part => vector(`${name(part)}.weight`, width / heads)) : []),
    ...(four ? ['attn_post_norm', 'ffn_post_norm'].map(part => vector(`${name(part)}.weight`, width)) : []),
    ...linear(name('ffn_up'), width, feedForward),
    ...(gated ? linear(name('ffn_gate'), width, feedForward) : []),
    ...linear(name('ffn_down'), feedForward, width),
  ]
}

function projectionOf(shape: EmptyProjector): WrittenTensor[] {
  const { projector, width, outputWidth, merge } = shape
  const squared = width * (merge ?? 1) ** 2
  const plain = (name: string, from: number, to: number) => tensor(name, halves, from, to)
  switch (projector) {
    case 'gemma3':
      return [plain('mm.input_projection.weight', outputWidth, width), vector('mm.soft_emb_norm.weight', width)]
    case 'gemma4v':
      return [plain('mm.input_projection.weight', width, outputWidth)]
    case 'idefics3':
      return [plain('mm.model.fc.weight', squared, outputWidth)]
    case 'pixtral':
      return [
        vector('v.token_embd.img_break', outputWidth),
        ...linear('mm.1', width, outputWidth),
        ...linear('mm.2', outputWidth, outputWidth),
        ...(merge === null ? [] : [vector('mm.input_norm.weight', width), plain('mm.patch_merger.weight', squared, width)]),
      ]
    case 'internvl':
      return [
        ...norm('mm.model.mlp.0', squared),
        ...linear('mm.model.mlp.1', squared, outputWidth),
        ...linear('mm.model.mlp.3', outputWidth, outputWidth),
      ]
    case 'resampler':
      return resamplerOf(shape)
    case 'lfm2':
      return [...linear('mm.1', squared, outputWidth), ...linear('mm.2', outputWidth, outputWidth)]
    case 'mlp':
      return [...linear('mm.0', width, outputWidth), ...linear('mm.2', outputWidth, outputWidth)]
    default:
      return [...linear('mm.0', squared, squared), ...linear('mm.2', squared, outputWidth)]
  }
}

/** 96 queries: of MiniCPM-V 2, which is what a header without a version is taken for. */
function resamplerOf({ width, outputWidth, imagePixels, patchPixels }: EmptyProjector): WrittenTensor[] {
  const square = (name: string) => tensor(name, halves, outputWidth, outputWidth)
  return [
    tensor('resampler.query', wholes, outputWidth, 96),
    tensor('resampler.pos_embed_k', wholes, outputWidth, (imagePixels / patchPixels) ** 2),
    square('resampler.proj.weight'),
    tensor('resampler.kv.weight', halves, width, outputWidth),
    ...['q', 'k', 'v', 'out'].flatMap(part => [
      square(`resampler.attn.${part}.weight`),
      vector(`resampler.attn.${part}.bias`, outputWidth),
    ]),
    ...['q', 'kv', 'post'].flatMap(part => norm(`resampler.ln_${part}`, outputWidth)),
  ]
}
