import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { verdictSchema } from '../../electron/contract/runtime'
import { readRecording } from '../../electron/core/hardware/recording'
import { runtimes } from '../../electron/core/runtimes/registry'
import type { RenderRequest } from '../../electron/core/runtimes/runtime'
import { machineOf } from '../unit/recommend/machines'

const root = join(import.meta.dirname, '..', '..')

/** One fixture per runtime: where it can run, and its command line for two requests, as a person would type it. */
const fixtureSchema = z.strictObject({
  runsOn: z.array(z.string()),
  notOn: z.array(z.string()),
  plain: z.array(z.string()),
  full: z.array(z.string()),
})
const fixtureOf = (id: string) => fixtureSchema.parse(JSON.parse(readFileSync(join(root, 'test/fixtures/runtimes', `${id}.json`), 'utf8')))

const plain: RenderRequest = {
  ...{ model: { id: 'org/model', artifact: 'Q4_K_M', path: null }, route: 'chat', contextTokens: 8192, slots: 1, threads: null },
  ...{ gpuLayers: null, kvQuantisation: null, port: 8101, tensorParallel: 1 },
}
const full: RenderRequest = {
  ...{ model: { id: 'org/model', artifact: 'Q4_K_M', path: '/models/m' }, route: 'chat', contextTokens: 4096, slots: 4, threads: 6 },
  ...{ gpuLayers: 20, kvQuantisation: 'q8_0', port: 8101, tensorParallel: 2, tensorSplit: [12, 8], memoryShare: 0.9 },
}

const identifiers = [
  ...['llama.cpp', 'ollama', 'vllm', 'mlx', 'lmstudio', 'sglang', 'vllm-mlx', 'omlx', 'tensorrt-llm', 'lmdeploy', 'tgi', 'koboldcpp'],
  ...['localai', 'lemonade', 'docker-model-runner', 'openai'],
]

test('the registry knows the sixteen runtimes by their identifiers, once each', () => {
  expect(runtimes.map(each => each.id).sort()).toEqual([...identifiers].sort())
})

describe.each(runtimes)('$id', runtime => {
  const fixture = fixtureOf(runtime.id)
  const folder = (name: string) => join(root, 'test/fixtures/machines', name)

  test.each(fixture.runsOn)('can run on %s', async name => {
    const verdict = verdictSchema.parse(runtime.judge(await readRecording(folder(name))))
    expect(verdict.can).toBe(true)
  })

  test.each(fixture.notOn)('cannot run on %s, and says why in a sentence', async name => {
    const verdict = runtime.judge(await readRecording(folder(name)))
    expect(verdict.can ? '' : verdict.why).toMatch(/^[A-Z].{15,}\.$/)
  })

  test('gives the same verdict twice and throws on no machine', () => {
    const bare = machineOf({ cpu: { isa: [], physicalCores: null, logicalCores: null }, memory: { totalMiB: null, availableMiB: null } })
    expect(runtime.judge(bare)).toEqual(runtime.judge(bare))
  })

  test('renders its command line', () => {
    expect(runtime.render(plain)).toEqual(fixture.plain)
    expect(runtime.render(full)).toEqual(fixture.full)
  })

  test('states facts that can be reasoned over', () => {
    const { facts } = runtime
    expect(runtime.purpose).toMatch(/\.$/)
    expect(runtime.homepage).toMatch(/^https:\/\//)
    expect(facts.matrixSource.length).toBeGreaterThan(20)
    expect(new Set(facts.traits).size).toBe(facts.traits.length)
    for (const cell of Object.values(facts.matrix)) expect(cell.says).toMatch(/^[A-Z].*\.$/)
    for (const sentence of [...facts.givesUp, ...Object.values(facts.fulfils), ...Object.values(facts.madeFor)])
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    for (const factor of Object.values(facts.speedFactor)) expect(factor).toBeGreaterThan(0)
  })

  test('knows what it costs on every backend that it can use', () => {
    if (runtime.facts.traits.includes('attach-only')) return
    for (const backend of Object.keys(runtime.facts.speedFactor)) expect(runtime.facts.memory.overheadMiB[backend]).toBeGreaterThan(0)
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
