import { describe, expect, test } from 'vitest'
import type { ModelShape } from '../../../electron/contract/model'
import { computeBytes, kvBytes } from '../../../electron/core/recommend/kv-cache'
import { factsOf, families, type Family } from './families'
import { catalogue } from './inputs'

const MiB = 1024 * 1024

/** KiB that each token adds in 16 bits, as published tables have it; null where they say nothing. */
const perToken: Readonly<Record<string, number>> = {
  ...{ 'Qwen/Qwen3.8-27B': 64, 'Qwen/Qwen3.6-27B': 64, 'Qwen/Qwen3.6-35B-A3B': 20, 'Qwen/Qwen3.5-0.8B': 12, 'Qwen/Qwen3.5-2B': 12 },
  ...{ 'Qwen/Qwen3.5-4B': 32, 'Qwen/Qwen3.5-9B': 32, 'Qwen/Qwen3.5-35B-A3B': 20, 'Qwen/Qwen3.5-122B-A10B': 24 },
  ...{ 'Qwen/Qwen3.5-397B-A17B': 30, 'Qwen/Qwen3-0.6B': 112, 'Qwen/Qwen3-1.7B': 112, 'Qwen/Qwen3-4B-Instruct-2507': 144 },
  ...{ 'Qwen/Qwen3-8B': 144, 'Qwen/Qwen3-14B': 160, 'Qwen/Qwen3-32B': 256, 'Qwen/Qwen3-30B-A3B-Instruct-2507': 96 },
  ...{ 'Qwen/Qwen3-Coder-30B-A3B-Instruct': 96, 'Qwen/Qwen3-Coder-Next': 24, 'openai/gpt-oss-20b': 24 },
  ...{ 'mistralai/Ministral-3-8B-Instruct-2512': 136, 'mistralai/Ministral-3-14B-Instruct-2512': 160 },
  ...{ 'mistralai/Devstral-Small-2-24B-Instruct-2512': 160, 'mistralai/Mistral-Small-3.2-24B-Instruct-2506': 160 },
  ...{ 'zai-org/GLM-4.7-Flash': 53, 'zai-org/GLM-4.5-Air': 184, 'microsoft/phi-4': 200, 'microsoft/Phi-4-mini-instruct': 128 },
  ...{ 'HuggingFaceTB/SmolLM3-3B': 72, 'HuggingFaceTB/SmolLM2-135M-Instruct': 22, 'ibm-granite/granite-4.2-3b': 80 },
  ...{ 'ibm-granite/granite-4.2-8b': 160, 'ibm-granite/granite-4.2-30b': 256, 'meta-llama/Llama-3.1-8B-Instruct': 128 },
  ...{ 'meta-llama/Llama-3.2-1B-Instruct': 32, 'meta-llama/Llama-3.2-3B-Instruct': 112, 'meta-llama/Llama-3.3-70B-Instruct': 320 },
  ...{ 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B': 28, 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B': 56 },
  ...{ 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B': 192, 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B': 256 },
  ...{ 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B': 320, 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B': 144 },
  ...{ 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': 6, 'Qwen/Qwen3-Embedding-0.6B': 112, 'Qwen/Qwen3-Embedding-4B': 144 },
  'Qwen/Qwen3-Embedding-8B': 144,
}

function shapeOf(family: Family): ModelShape {
  const { shape } = factsOf(family)
  if (!shape) throw new Error(`${family.id} has no readable shape`)
  return shape
}

const cacheMiB = (shape: ModelShape, contextTokens: number, flashAttention = true) =>
  kvBytes(shape, { contextTokens, kvQuantisation: 'f16', flashAttention }) / MiB

describe('every family against what llama.cpp itself reserves', () => {
  test.each(families)('$id ($architecture): the cache exactly, the compute buffer within 15 % or 64 MiB', family => {
    const shape = shapeOf(family)
    for (const [contextTokens, flashAttention, kvMiB, stateMiB, computeMiB] of family.runs) {
      const at = `${contextTokens} tokens, flash attention ${flashAttention ? 'on' : 'off'}`
      expect(Math.abs(cacheMiB(shape, contextTokens, flashAttention) - kvMiB - stateMiB), `cache at ${at}`).toBeLessThan(0.02)
      const estimated = computeBytes(shape, { contextTokens, flashAttention }) / MiB
      expect(Math.abs(estimated - computeMiB), `${estimated.toFixed(0)} for ${computeMiB} MiB at ${at}`).toBeLessThan(
        Math.max(64, 0.15 * computeMiB),
      )
    }
  })

  test.each(families)('$id as a server of 2026 starts it, alone and with four slots', family => {
    const shape = shapeOf(family)
    for (const [contextTokens, slots, contextMiB, computeMiB] of family.server) {
      // It says whole MiB, rounded down for each of several buffers.
      expect(Math.abs(cacheMiB(shape, contextTokens) * slots - contextMiB)).toBeLessThan(2)
      const estimated = computeBytes(shape, { contextTokens, flashAttention: true, lastOutputs: slots }) / MiB
      expect(Math.abs(estimated - computeMiB), `${estimated.toFixed(0)} for ${computeMiB} at ${slots} x ${contextTokens}`).toBeLessThan(
        Math.max(64, 0.15 * computeMiB),
      )
    }
  })

  test('half of what the server says is met within 2 %', () => {
    const errors = families.flatMap(family => {
      const shape = shapeOf(family)
      return family.server.map(([contextTokens, slots, , mib]) =>
        Math.abs(computeBytes(shape, { contextTokens, flashAttention: true, lastOutputs: slots }) / MiB / mib - 1),
      )
    })
    expect(errors.length).toBeGreaterThan(250)
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.02)
  })

  test('half of all compute buffers are met within 3 %', () => {
    const errors = families.flatMap(family => {
      const shape = shapeOf(family)
      return family.runs.map(([contextTokens, flashAttention, , , mib]) =>
        Math.abs(computeBytes(shape, { contextTokens, flashAttention }) / MiB / mib - 1),
      )
    })
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.03)
  })

  test.each(Object.entries(perToken))('%s grows by %f KiB for each token', (id, kib) => {
    const family = families.find(each => each.id === id)
    if (!family) throw new Error(`no header of ${id}`)
    const shape = shapeOf(family)
    const grown = ((cacheMiB(shape, 131_072) - cacheMiB(shape, 32_768)) * 1024) / (131_072 - 32_768)
    expect(Math.abs(grown - kib)).toBeLessThan(0.6)
  })

  test('what the catalogue says of a model needs the same cache as its file', () => {
    const both = catalogue.flatMap(model => {
      const family = families.find(each => each.id === model.id)
      return family ? [{ id: model.id, catalogue: model.shape, file: shapeOf(family) }] : []
    })
    expect(both.length).toBeGreaterThan(30)
    for (const { id, catalogue: known, file } of both)
      for (const contextTokens of [4096, 32_768, 131_072])
        expect(cacheMiB(known, contextTokens), `${id} at ${contextTokens}`).toBeCloseTo(cacheMiB(file, contextTokens), 1)
  })
})
