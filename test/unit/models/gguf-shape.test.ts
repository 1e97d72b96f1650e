import { describe, expect, it } from 'vitest'
import type { ModelShape } from '../../../electron/contract/model'
import { bufferSource } from '../../../electron/core/models/gguf/byte-source'
import { factsOfHeader } from '../../../electron/core/models/gguf/facts'
import { readGgufHeader } from '../../../electron/core/models/gguf/header'
import { f32Tensor, tinyModel, writeGguf, type WrittenTensor, type WrittenValue } from './fixtures/gguf-writer'

type Keys = Readonly<Record<string, WrittenValue>>
const shapeOf = (...[architecture, layers, keys, more = []]: [string, number, Keys, (readonly WrittenTensor[])?]): ModelShape | null => {
  const file = tinyModel(architecture, layers, keys)
  return factsOfHeader(readGgufHeader(bufferSource(writeGguf({ ...file, tensors: [...file.tensors, ...more] })))).shape
}
const pattern = (layers: number, every: number) => Array.from({ length: layers }, (_, index) => (index + 1) % every !== 0)

describe('the shape in a GGUF header', () => {
  it('knows which layers slide where only the architecture tells it', () => {
    const window = { 'attention.sliding_window': { u32: 512 } }
    expect(shapeOf('gemma3', 18, window)).toMatchObject({ fullAttentionLayers: 3, slidingLayers: 15, slidingWindow: 512 })
    expect(shapeOf('gemma3', 26, window)).toMatchObject({ fullAttentionLayers: 4, slidingLayers: 22 })
    expect(shapeOf('gpt-oss', 24, window)).toMatchObject({ fullAttentionLayers: 12, slidingLayers: 12 })
    expect(shapeOf('unheard-of', 24, window)).toMatchObject({ fullAttentionLayers: 24, slidingLayers: 0, slidingWindow: null })
  })

  it('reads Gemma 4: a pattern for each layer, other heads in full layers, layers without a cache of their own', () => {
    const shape = shapeOf('gemma4', 30, {
      'attention.sliding_window': { u32: 1024 },
      'attention.sliding_window_pattern': { bools: pattern(30, 6) },
      'attention.head_count_kv': { u32s: pattern(30, 6).map(slides => (slides ? 8 : 2)) },
      'attention.key_length': { u32: 512 },
      'attention.value_length': { u32: 512 },
      'attention.key_length_swa': { u32: 256 },
      'attention.value_length_swa': { u32: 256 },
    })
    expect(shape).toMatchObject({
      fullAttentionLayers: 5,
      slidingLayers: 25,
      kvHeads: 2,
      headDim: 512,
      sliding: { kvHeads: 8, headDim: 256 },
    })
    const shared = shapeOf('gemma4', 42, {
      'attention.sliding_window': { u32: 512 },
      'attention.sliding_window_pattern': { bools: pattern(42, 6) },
      'attention.shared_kv_layers': { u32: 18 },
    })
    expect(shared).toMatchObject({ layers: 42, fullAttentionLayers: 4, slidingLayers: 20, recurrentStateBytes: 0 })
  })

  it('reads MLA only from files that llama.cpp runs with its compressed cache', () => {
    const rank = { 'attention.kv_lora_rank': { u32: 512 }, 'rope.dimension_count': { u32: 64 } }
    const present = shapeOf('deepseek2', 4, { ...rank, 'attention.key_length_mla': { u32: 256 }, nextn_predict_layers: { u32: 1 } })
    expect(present).toMatchObject({ mla: { kvLoraRank: 512, ropeDim: 64 }, headDim: 256, layers: 3, fullAttentionLayers: 3 })
    expect(
      shapeOf('deepseek2', 4, { ...rank, 'attention.key_length': { u32: 192 }, 'attention.value_length': { u32: 128 } }),
    ).toMatchObject({
      mla: null,
      keyDim: 192,
      valueDim: 128,
    })
  })

  it('reads hybrids: attention in every fourth layer, a fixed state in the others', () => {
    const ssm = {
      'ssm.inner_size': { u32: 4096 },
      'ssm.state_size': { u32: 128 },
      'ssm.group_count': { u32: 16 },
      'ssm.conv_kernel': { u32: 4 },
    }
    expect(shapeOf('qwen35', 32, ssm)).toMatchObject({ fullAttentionLayers: 8, recurrentStateBytes: 2_195_456 })
    const few = { ...ssm, full_attention_interval: { u32: 2 } }
    expect(shapeOf('qwen35', 32, few)).toMatchObject({ fullAttentionLayers: 16 })
  })

  it('reads Mamba hybrids from K/V heads of zero, and spreads the state where some layers hold none', () => {
    const keys = {
      'attention.head_count_kv': { u32s: [0, 0, 2, 0] },
      'ssm.inner_size': { u32: 3072 },
      'ssm.state_size': { u32: 128 },
      'ssm.group_count': { u32: 1 },
      'ssm.conv_kernel': { u32: 4 },
    }
    expect(shapeOf('granitehybrid', 4, keys)).toMatchObject({ fullAttentionLayers: 1, kvHeads: 2, recurrentStateBytes: 1_612_800 })
    const oneOfThree = [f32Tensor('blk.0.ssm_a', 8)]
    expect(shapeOf('nemotron_h', 4, keys, oneOfThree)).toMatchObject({ recurrentStateBytes: 537_600 })
  })

  it('reads models without attention and with short convolutions', () => {
    const wkv = { 'wkv.head_size': { u32: 64 } }
    expect(shapeOf('rwkv7', 4, wkv)).toMatchObject({ fullAttentionLayers: 0, recurrentStateBytes: 4 * (64 * 64 + 128) })
    expect(shapeOf('lfm2', 2, { 'attention.head_count_kv': { u32s: [0, 2] }, 'shortconv.l_cache': { u32: 3 } })).toMatchObject({
      fullAttentionLayers: 1,
      recurrentStateBytes: 2 * 64 * 4,
    })
  })

  it('reads experts, and gives no shape where the header tells too little or too much', () => {
    expect(shapeOf('qwen3moe', 2, { expert_count: { u32: 128 }, expert_used_count: { u32: 8 } })).toMatchObject({
      experts: 128,
      expertsUsed: 8,
    })
    expect(shapeOf('llama', 1, { block_count: { u32: 2 ** 31 } })).toBeNull()
    expect(shapeOf('llama', 1, { embedding_length: { text: 'wide' } })).toBeNull()
    expect(shapeOf('llama', 1, { context_length: { u64: 2n ** 62n } })).toMatchObject({ contextMax: 0 })
  })
})
