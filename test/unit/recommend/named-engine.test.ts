import { describe, expect, test } from 'vitest'
import type { LibraryModel } from '../../../electron/contract/model'
import { recommend } from '../../../electron/core/recommend/recommend'
import { catalogue, inputFor } from './inputs'
import { machineOf } from './machines'

/** A small machine without a GPU, where MLX computes on the processor and is advised against. */
const machine = machineOf({ cpu: { physicalCores: 4, logicalCores: 4 }, memory: { totalMiB: 32_000, availableMiB: 28_000 } })

/** The engine test as the folder that engines of safetensors load. */
function testFolder(): LibraryModel {
  const model = catalogue.find(each => each.id === 'roundhouse/canary')
  if (!model) throw new Error('The catalogue lacks the engine test')
  const bytes = model.parameters * 2
  return {
    ...{ id: 'roundhouse/canary:BF16', title: 'Engine test', catalogueId: model.id, artifactId: 'BF16', origin: 'bundled' },
    ...{ path: '/app/canary', state: 'ready', why: null, bytes, sha256: null, engineTest: true, addedAt: '2026-11-21T00:00:00Z' },
    facts: {
      ...{ format: 'safetensors', name: 'canary', architecture: 'llama', quantisation: 'BF16', bytes, tensorBytes: bytes },
      ...{ tensorCount: 1, parameters: model.parameters, layerBytes: [], shape: model.shape, chatTemplate: true },
    },
  }
}

const offer = {
  ...{ id: 'mlx/mlx-lm/pypi-cpu', runtime: 'mlx', kind: 'mlx-lm', title: 'mlx-lm for CPUs', version: '1', source: 'PyPI', bytes: null },
  ...{ backends: ['cpu'], why: null },
}

describe('an engine that the person names', () => {
  test('is planned for alone, although the rules would put another first', () => {
    const named = recommend(inputFor(machine, { runtime: 'vllm' }))
    expect(recommend(inputFor(machine, {})).decisions[0]?.runtime).not.toBe('vllm')
    expect(new Set(named.decisions.map(each => each.runtime))).toEqual(new Set(['vllm']))
    expect(named.rejected).toEqual([])
    expect(named.decisions[0]?.changesIf).toEqual([])
  })

  test('is planned for where it is advised against', () => {
    expect(recommend(inputFor(machine, {})).rejected.some(each => each.runtime === 'mlx')).toBe(true)
    expect(recommend(inputFor(machine, { runtime: 'mlx' })).decisions[0]).toMatchObject({ runtime: 'mlx', startable: { now: false } })
  })

  test('says why where it cannot run', () => {
    const { decisions, rejected } = recommend(inputFor(machine, { runtime: 'sglang' }))
    expect(decisions).toEqual([])
    expect(rejected).toMatchObject([{ runtime: 'sglang', why: expect.stringContaining('needs an NVIDIA GPU') as string }])
  })

  test('is installed for its engine test where no real model can be had', () => {
    const away = { reachable: { hub: false, pypi: true }, library: [testFolder()], offers: [offer] }
    const { decisions } = recommend(inputFor(machine, { runtime: 'mlx' }, away))
    const test = decisions.find(each => each.engineTest)
    expect(test).toMatchObject({ runtime: 'mlx', libraryId: 'roundhouse/canary:BF16', build: null })
    expect(test?.startable.missing).toMatchObject([{ kind: 'build' }])
    expect(test?.startable.missing.some(each => each.blocked)).toBe(false)
  })

  test('keeps a must-have that it cannot fulfil out', () => {
    const { decisions, rejected } = recommend(inputFor(machine, { runtime: 'mlx', must: ['multi-gpu'] }))
    expect(decisions).toEqual([])
    expect(rejected[0]?.why).toMatch(/cannot do what you must have/)
  })
})
