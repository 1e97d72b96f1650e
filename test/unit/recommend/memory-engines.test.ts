import { describe, expect, test } from 'vitest'
import type { ModelShape } from '../../../electron/contract/model'
import { kvBytes } from '../../../electron/core/recommend/kv-cache'
import { kvBytesPerToken } from '../../../electron/core/runtimes/common-kv-cache'
import { vllm } from '../../../electron/core/runtimes/vllm'
import { factsOf, families } from './families'
import { catalogue } from './inputs'

const MiB = 1024 * 1024
const GiB = 1024 * MiB

function shapeOf(id: string): ModelShape {
  const family = families.find(each => each.id === id)
  const shape = family ? factsOf(family).shape : null
  if (!shape) throw new Error(`no header of ${id}`)
  return shape
}
const smol = shapeOf('HuggingFaceTB/SmolLM2-135M-Instruct')

describe('the pool of vLLM against its own log', () => {
  /** Its pages hold so many tokens on a CPU and on an NPU or GPU (`--block-size`). */
  const pages = { cpu: 128, device: 128 }
  const tokensIn = (bytes: number, perToken: number, page: number) => Math.floor(bytes / (perToken * page)) * page

  test.each([
    // `CPU KV cache size: N tokens` of vLLM 0.32.0 on a CPU, started by us with SmolLM2 for two people; the second in test/unit/runtimes/logs.
    { contextTokens: 4096, slots: 2, tokens: 8448 },
    { contextTokens: 2048, slots: 2, tokens: 4352 },
  ])('$slots x $contextTokens tokens asked for are $tokens in its log', ({ contextTokens, slots, tokens }) => {
    const perToken = kvBytesPerToken(smol, 2)
    const asked = Math.ceil((perToken * (contextTokens + pages.cpu) * slots) / MiB) * MiB
    expect(tokensIn(asked, perToken, pages.cpu)).toBe(tokens)
  })

  test('38.41 GiB are 559,232 tokens of an 8B over two devices', () => {
    // Public log of vllm-ascend 0.12 with Qwen3-VL-8B, whose language model is Qwen3-8B, tensor-parallel over two.
    const perDevice = kvBytesPerToken(shapeOf('Qwen/Qwen3-8B'), 2) / 2
    expect(Math.abs(tokensIn(38.41 * GiB, perDevice, pages.device) / 559_232 - 1)).toBeLessThan(0.001)
  })
})

describe('vLLM on the CPU against resident memory', () => {
  // vLLM 0.32.0 on one machine of ours (2 cores, x64), all its processes; medians, in the chat that proves a start. Weights in 16 bits, two slots.
  test.each([
    { model: 'SmolLM2', contextTokens: 2048, weightsMiB: 256.57, poolMiB: 96, measuredMiB: 3447 },
    { model: 'SmolLM2', contextTokens: 4096, weightsMiB: 256.57, poolMiB: 186, measuredMiB: 3545 },
    { model: 'the engine test', contextTokens: 1024, weightsMiB: 8, poolMiB: 5, measuredMiB: 2838 },
  ])('$model with $contextTokens tokens of context takes $measuredMiB MiB', ({ weightsMiB, poolMiB, measuredMiB }) => {
    const said = (vllm.facts.memory.overheadMiB['cpu'] ?? 0) + weightsMiB + poolMiB
    expect(Math.abs(said / measuredMiB - 1)).toBeLessThan(0.05)
  })
})

describe('MLX against what it says that it holds', () => {
  test('the weights of SmolLM2 in 16 bits are 256.57 MiB', () => {
    // `mx.get_active_memory()` and `mx.get_peak_memory()` after `mlx_lm.load`, run by us.
    const known = catalogue.find(each => each.id === 'HuggingFaceTB/SmolLM2-135M-Instruct')
    expect(((known?.parameters ?? 0) * 2) / MiB).toBeCloseTo(256.57, 1)
  })

  test.each([
    // Growth of `mx.get_active_memory()` while mlx-lm's KVCache of 30 layers was filled so far, run by us (mlx 0.32.2 on a CPU, bfloat16).
    { tokens: 512, mib: 11.25 },
    { tokens: 2048, mib: 45 },
  ])('$tokens tokens of SmolLM2 are $mib MiB', ({ tokens, mib }) => {
    expect(kvBytes(smol, { contextTokens: tokens, kvQuantisation: 'f16' }) / MiB).toBeCloseTo(mib, 2)
  })
})
