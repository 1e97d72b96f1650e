import { ggufHeader, type WrittenFile, type WrittenTensor, type WrittenValue } from '../../unit/models/fixtures/gguf-writer'

/** One image is `(imagePixels / patchPixels)` squared vectors. */
const imagePixels = 56
const patchPixels = 14
export const tokensOfAnImage = (imagePixels / patchPixels) ** 2

const inside = { width: 32, feedForward: 64, heads: 2 }
/** A llava projector takes what comes out of the layer before the last one. */
const layers = 2

/**
 * A projector with RANDOM WEIGHTS, for tests: what it makes of an image means nothing, yet every step of the real pipeline runs on
 * it. A CLIP encoder of two small layers and a two-layer MLP to vectors of `width`, the embedding length of the model it goes with.
 * Keys and tensors: tools/mtmd/clip-impl.h and clip.cpp of ggml-org/llama.cpp, projector type `mlp`.
 */
export function writeRandomProjector(width: number): Buffer {
  const file = { metadata: keysFor(width), tensors: tensorsFor(width) }
  const { header, fileBytes } = ggufHeader(file)
  const start = fileBytes - dataBytes(file)
  const bytes = Buffer.alloc(fileBytes)
  header.copy(bytes)
  const random = seeded(1)
  for (let at = start; at + 4 <= fileBytes; at += 4) bytes.writeFloatLE((random() - 0.5) / 4, at)
  return bytes
}

const keysFor = (width: number): Record<string, WrittenValue> => ({
  'general.architecture': { text: 'clip' },
  'general.type': { text: 'mmproj' },
  'general.name': { text: 'Random weights, for tests' },
  'general.file_type': { u32: 0 },
  'clip.has_vision_encoder': { bool: true },
  'clip.projector_type': { text: 'mlp' },
  'clip.use_gelu': { bool: true },
  'clip.vision.image_size': { u32: imagePixels },
  'clip.vision.patch_size': { u32: patchPixels },
  'clip.vision.embedding_length': { u32: inside.width },
  'clip.vision.feed_forward_length': { u32: inside.feedForward },
  'clip.vision.projection_dim': { u32: width },
  'clip.vision.block_count': { u32: layers },
  'clip.vision.attention.head_count': { u32: inside.heads },
  'clip.vision.attention.layer_norm_epsilon': { f32: 1e-5 },
  'clip.vision.image_mean': { f32s: [0.5, 0.5, 0.5] },
  'clip.vision.image_std': { f32s: [0.5, 0.5, 0.5] },
})

const f32 = (name: string, ...dimensions: readonly number[]): WrittenTensor => ({
  ...{ name, dimensions, type: 0 },
  bytes: dimensions.reduce((product, each) => product * each, 4),
})
const linear = (name: string, from: number, to: number) => [f32(`${name}.weight`, from, to), f32(`${name}.bias`, to)]

function tensorsFor(width: number): WrittenTensor[] {
  const { width: own, feedForward } = inside
  const block = (layer: number) => [
    ...['attn_q', 'attn_k', 'attn_v', 'attn_out'].flatMap(name => linear(`v.blk.${layer}.${name}`, own, own)),
    ...['ln1', 'ln2'].flatMap(name => [f32(`v.blk.${layer}.${name}.weight`, own), f32(`v.blk.${layer}.${name}.bias`, own)]),
    ...linear(`v.blk.${layer}.ffn_up`, own, feedForward),
    ...linear(`v.blk.${layer}.ffn_down`, feedForward, own),
  ]
  return [
    f32('v.patch_embd.weight', patchPixels, patchPixels, 3, own),
    f32('v.position_embd.weight', own, tokensOfAnImage),
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ...linear('mm.0', own, width),
    ...linear('mm.2', width, width),
  ]
}

/** Every tensor begins at a multiple of 32 bytes. */
const dataBytes = ({ tensors }: WrittenFile) => tensors.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 32) * 32, 0)

/** The same numbers for the same seed, from 0 to 1 (a linear congruential generator with the constants of Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
