import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../../electron/contract/failure'
import { fileFactsSchema } from '../../../electron/contract/model'
import { bufferSource } from '../../../electron/core/models/gguf/byte-source'
import { readModel } from '../../../electron/core/models/read-model'
import { readSafetensorsHeader } from '../../../electron/core/models/safetensors/safetensors-header'
import { shapeOfConfig } from '../../../electron/core/models/safetensors/config-shape'

const safetensors = (header: unknown, dataBytes: number) => {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)])
}
const tensor = (...[dtype, shape, start, end]: [string, readonly number[], number, number]) => ({
  dtype,
  shape,
  data_offsets: [start, end],
})
const llama = {
  architectures: ['LlamaForCausalLM'],
  num_hidden_layers: 2,
  hidden_size: 8,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 4,
  max_position_embeddings: 64,
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-safetensors-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const put = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content)

const failureOf = (work: () => unknown): Failure => {
  try {
    work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('There was no failure')
}

describe('safetensors', () => {
  it('reads a folder: facts, shape, bytes of each layer', () => {
    put('config.json', JSON.stringify(llama))
    put('tokenizer_config.json', '{"chat_template": "{{ messages }}"}')
    const header = {
      __metadata__: { format: 'pt' },
      'model.embed_tokens.weight': tensor('BF16', [4, 8], 0, 64),
      'model.layers.0.mlp.weight': tensor('BF16', [8, 8], 64, 192),
      'model.layers.1.mlp.weight': tensor('BF16', [8, 8], 192, 320),
    }
    put('model.safetensors', safetensors(header, 320))
    const facts = readModel({ path: folder })
    expect(fileFactsSchema.parse(facts)).toEqual(facts)
    expect(facts).toMatchObject({ format: 'safetensors', architecture: 'LlamaForCausalLM', quantisation: 'BF16', parameters: 160 })
    expect(facts).toMatchObject({ tensorBytes: 320, layerBytes: [128, 128], chatTemplate: true })
    expect(facts.shape).toMatchObject({ layers: 2, fullAttentionLayers: 2, kvHeads: 1, headDim: 4, vocabulary: 4 })
    expect(readModel({ path: join(folder, 'model.safetensors') })).toEqual(facts)
  })

  it.each([
    ['weights as pickles', { 'pytorch_model.bin': 'x' }, /can run code/],
    ['a renamed pickle beside nothing else', { 'weights.pth': 'x' }, /can run code/],
    ['an empty folder', {}, /no \.safetensors/],
    [
      'code of its own',
      { 'config.json': JSON.stringify({ ...llama, auto_map: { AutoModel: 'x.Y' } }), 'a.safetensors': safetensors({}, 0) },
      /program code/,
    ],
    ['a script', { 'config.json': JSON.stringify(llama), 'modeling.py': '', 'a.safetensors': safetensors({}, 0) }, /program code/],
    ['a config that is no JSON', { 'config.json': '<html>', 'a.safetensors': safetensors({}, 0) }, /not the description/],
  ] as const)('refuses %s', (_what, files, sentence) => {
    for (const [name, content] of Object.entries(files)) put(name, content)
    expect(failureOf(() => readModel({ path: folder })).message).toMatch(sentence)
  })

  it.each([
    ['a header of 2^60 bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 16, 1]), 'bad-input'],
    ['a pickle named safetensors', Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x58, 0, 0, 1, 2, 3]), 'bad-input'],
    ['a cut header', safetensors({ a: tensor('F32', [4], 0, 16) }, 16).subarray(0, 20), 'model-damaged'],
    ['cut data', safetensors({ a: tensor('F32', [4], 0, 16) }, 15), 'model-damaged'],
    ['a size unlike its shape', safetensors({ a: tensor('F32', [5], 0, 16) }, 16), 'model-damaged'],
    ['tensors over each other', safetensors({ a: tensor('F32', [4], 0, 16), b: tensor('F32', [4], 8, 24) }, 24), 'model-damaged'],
    ['a hole', safetensors({ a: tensor('F32', [4], 16, 32) }, 32), 'model-damaged'],
    ['a header that is no object', safetensors('[1]', 0), 'bad-input'],
  ])('refuses %s', (_what, bytes, code) => {
    expect(failureOf(() => readSafetensorsHeader(bufferSource(bytes))).code).toBe(code)
  })

  it('reads shapes of hybrid, sliding, MLA and mixture configs', () => {
    const qwen = {
      ...llama,
      num_hidden_layers: 32,
      linear_num_value_heads: 32,
      linear_num_key_heads: 16,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
    }
    expect(shapeOfConfig({ text_config: qwen })).toMatchObject({ fullAttentionLayers: 8, recurrentStateBytes: 2_195_456 })
    const layer_types = Array.from({ length: 6 }, (_, index) => (index === 5 ? 'full_attention' : 'sliding_attention'))
    const gemma = {
      ...llama,
      num_hidden_layers: 6,
      layer_types,
      sliding_window: 16,
      head_dim: 4,
      global_head_dim: 8,
      num_global_key_value_heads: 1,
    }
    expect(shapeOfConfig(gemma)).toMatchObject({
      fullAttentionLayers: 1,
      slidingLayers: 5,
      headDim: 8,
      sliding: { kvHeads: 1, headDim: 4 },
    })
    expect(shapeOfConfig({ ...llama, kv_lora_rank: 512, qk_rope_head_dim: 64 })).toMatchObject({ mla: { kvLoraRank: 512, ropeDim: 64 } })
    expect(shapeOfConfig({ ...llama, num_experts: 8, num_experts_per_tok: 2 })).toMatchObject({ experts: 8, expertsUsed: 2 })
    expect(shapeOfConfig({ architectures: ['x'] })).toBeNull()
  })
})
