import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runtimes } from '../../electron/core/runtimes/registry'
import { machineOf } from '../unit/recommend/machines'
import { recordedChecks } from './recorded-checks'

const root = join(import.meta.dirname, '..', '..')

const identifiers = [
  ...['llama.cpp', 'ollama', 'vllm', 'mlx', 'lmstudio', 'sglang', 'vllm-mlx', 'omlx', 'tensorrt-llm', 'lmdeploy', 'tgi', 'koboldcpp'],
  ...['localai', 'lemonade', 'docker-model-runner', 'openai'],
]

test('the registry knows the sixteen runtimes by their identifiers, once each', () => {
  expect(runtimes.map(each => each.id).sort()).toEqual([...identifiers].sort())
})

describe.each(runtimes)('$id', runtime => {
  test.each(Object.keys(recordedChecks))('%s', async check => {
    await recordedChecks[check]?.(runtime, root)
  })

  test('gives the same verdict twice and throws on no machine', () => {
    const bare = machineOf({ cpu: { isa: [], physicalCores: null, logicalCores: null }, memory: { totalMiB: null, availableMiB: null } })
    expect(runtime.judge(bare)).toEqual(runtime.judge(bare))
  })
})

test('no runtime is named outside its adapter', () => {
  const quoted = new RegExp(
    `['"](${identifiers
      .filter(id => id !== 'openai')
      .join('|')
      .replaceAll('.', '\\.')})['"]`,
  )
  const sources = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map(name => join(folder, name))
      .filter(name => /\.tsx?$/.test(name) && !name.startsWith(join('electron', 'core', 'runtimes')))
      // There a file format has the name of a runtime.
      .filter(name => name !== join('electron', 'contract', 'model.ts'))
  const guilty = ['electron', 'renderer'].flatMap(sources).filter(name => quoted.test(readFileSync(join(root, name), 'utf8')))
  expect(guilty).toEqual([])
})
