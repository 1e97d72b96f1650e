import { expect, test } from 'vitest'
import { libraryModelSchema } from '../../../electron/contract/model'
import { reachOf } from '../../../electron/core/models/reach'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { machineOf } from '../recommend/machines'

const folder = libraryModelSchema.parse({
  ...{ id: 'me/own:BF16', title: 'Own', path: '/models/own', bytes: 269e6, sha256: null, why: null, catalogueId: null, artifactId: null },
  ...{ engineTest: false, origin: 'imported', state: 'ready', addedAt: '2026-11-21T00:00:00Z' },
  facts: {
    ...{ format: 'safetensors', name: null, architecture: 'LlamaForCausalLM', quantisation: 'BF16', bytes: 269e6, tensorBytes: 269e6 },
    ...{ tensorCount: 272, parameters: 135e6, layerBytes: [], shape: null, chatTemplate: true },
  },
})

const reach = reachOf(folder, { machine: machineOf(), runtimes, catalogue: [] })
const of = (id: string) => reach.find(each => each.runtime === id)

test('a folder of the hub is loaded as it lies by what loads such folders, advised or not', () => {
  expect(of('vllm')).toMatchObject({ loads: true, why: null })
  expect(of('mlx')).toMatchObject({ loads: true, why: null })
})

test('what loads another format is told what it would load, whoever has the tools for it', () => {
  for (const id of ['llama.cpp', 'ollama', 'koboldcpp'])
    expect(of(id)).toMatchObject({ loads: false, instead: { kind: 'convert', title: expect.stringContaining('GGUF') as string } })
})

test('a file that it does not load is answered with all that it does', () => {
  const file = { ...folder, facts: folder.facts && { ...folder.facts, format: 'gguf' as const, quantisation: 'Q4_1' } }
  const [mlx] = reachOf(file, { machine: machineOf(), runtimes: runtimes.filter(each => each.id === 'mlx'), catalogue: [] })
  expect(mlx).toMatchObject({ loads: false, why: 'It loads mlx and safetensors, and this is gguf' })
})
