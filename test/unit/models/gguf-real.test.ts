import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { catalogueModelSchema } from '../../../electron/contract/model'
import { readGguf } from '../../../electron/core/models/gguf/read-gguf'

const models = catalogueJson.models.map(model => catalogueModelSchema.parse(model))
const modelOf = (id: string) => models.find(model => model.id === id)
const resources = join(import.meta.dirname, '../../../resources')
const cache = process.env.ROUNDHOUSE_CACHE ?? ''

const files = [
  ['roundhouse/canary', join(resources, 'canary/canary.Q8_0.gguf')],
  ['roundhouse/canary-draft', join(resources, 'canary/canary-draft.Q8_0.gguf')],
  ['HuggingFaceTB/SmolLM2-135M-Instruct', join(cache, 'HuggingFaceTB/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf')],
  ['google/gemma-3-270m', join(cache, 'google/gemma-3-270m/gemma-3-270m.Q4_K_M.gguf')],
].filter((entry): entry is [string, string] => existsSync(entry[1] ?? ''))

describe('real GGUF files that are here', () => {
  it('includes the engine test, which is part of the app', () => {
    expect(files.map(([id]) => id)).toContain('roundhouse/canary')
  })

  it.each(files)('%s is what the catalogue says', (id, path) => {
    const began = performance.now()
    const facts = readGguf(path)
    expect(performance.now() - began).toBeLessThan(1_000)
    const model = modelOf(id)
    const artifact = model?.artifacts.find(candidate => candidate.quantisation === facts.quantisation)
    expect(facts.shape).toEqual(model?.shape)
    expect(Math.abs(facts.parameters / (model?.parameters ?? 1) - 1)).toBeLessThan(0.02)
    if (artifact?.bytes) expect(facts.bytes).toBe(artifact.bytes)
    expect(facts.layerBytes).toHaveLength(model?.shape.layers ?? 0)
    expect(facts.tensorBytes).toBeLessThan(facts.bytes)
  })
})
