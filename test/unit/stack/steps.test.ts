import { expect, test } from 'vitest'
import { startRequestSchema } from '../../../electron/contract/instance'
import type { JobControl } from '../../../electron/core/lib/jobs.types'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { defineRuntime, type Runtime } from '../../../electron/core/runtimes/runtime'
import { engineTestFor, formOf, isEngineTest } from '../../../electron/core/stack/engine-test'
import { provideBuild } from '../../../electron/core/stack/provide-build'
import { createStack } from '../../../electron/core/stack/stack'
import type { StackDeps } from '../../../electron/core/stack/stack.types'
import { testEngine } from '../../../electron/core/stack/test-engine'
import { standInFor } from '../../../electron/core/stack/trial'
import { machineOf } from '../recommend/machines'
import { buildOf } from '../runtimes/launching'

/** What a job's steps were told, in order. */
function recorder() {
  const told: string[] = []
  const step = (id: string) => ({
    start: (text?: string) => void told.push(`${id} start: ${text ?? ''}`),
    progress: (done: number, total: number | null) => void told.push(`${id} ${done}/${total ?? '?'}`),
    detail: (text: string) => void told.push(`${id}: ${text}`),
    done: (text?: string) => void told.push(`${id} done: ${text ?? ''}`),
    skip: (text: string) => void told.push(`${id} skip: ${text}`),
  })
  const job: JobControl = { id: 'job', signal: new AbortController().signal, step, log: text => void told.push(`log ${text}`) }
  return { told, job }
}

const runtimeOf = (id: string): Runtime => {
  const found = runtimes.find(each => each.id === id)
  if (!found) throw new Error(`there is no ${id}`)
  return found
}
const request = startRequestSchema.parse({ runtime: 'llama.cpp', build: null, model: 'org/model' })
const depsOf = (changes: Partial<StackDeps>): StackDeps =>
  ({ machine: () => Promise.resolve(machineOf()), offers: () => Promise.resolve([]), ...changes }) as unknown as StackDeps

test('a runtime that is only known says that it cannot be started yet, and that its command is shown', async () => {
  const { launch, ...known } = runtimeOf('llama.cpp')
  expect(launch).toBeDefined()
  const { told, job } = recorder()
  const refusal = provideBuild(depsOf({}), defineRuntime(known), { request, job })
  await expect(refusal).rejects.toMatchObject({
    code: 'not-available-here',
    message: expect.stringMatching(/cannot start it yet; the command is shown/) as string,
  })
  expect(told).toEqual(['install start: builds of llama.cpp on this machine are looked for'])
})

test('each second of looking at a build that is here is told, with the bytes that are read', async () => {
  const { told, job } = recorder()
  const build = buildOf({ title: 'llama-server b1' })
  const deps = depsOf({
    builds: () => Promise.resolve([build]),
    checkBuild(_build, { onProgress }) {
      onProgress({ done: 16, total: 64 })
      return Promise.resolve()
    },
  })
  expect(await provideBuild(deps, runtimeOf('llama.cpp'), { request, job })).toBe(build)
  expect(told.slice(1)).toEqual([
    'install: the files of llama-server b1 are checked',
    'install 16/64',
    'install skip: llama-server b1 is here',
  ])
})

test('every runtime that loads models has an engine test in a form that it loads, and says so where it has none', async () => {
  const forms = Object.fromEntries(runtimes.map(each => [each.id, formOf(each)]))
  expect(forms).toMatchObject({
    'llama.cpp': 'gguf',
    ollama: 'gguf',
    lmstudio: 'gguf',
    vllm: 'folder',
    mlx: 'folder',
    sglang: 'folder',
    openai: null,
  })
  const folder = { id: 'roundhouse/canary:BF16' }
  const deps = depsOf({ library: { resolve: () => null } as never, engineTestFolder: () => Promise.resolve(folder as never) })
  expect(await engineTestFor(deps, runtimeOf('vllm'))).toBe(folder)
  expect(await engineTestFor(deps, runtimeOf('llama.cpp'))).toBeNull()
  expect([isEngineTest('roundhouse/canary'), isEngineTest('roundhouse/canary:BF16'), isEngineTest('roundhouse/canary-draft:Q8_0')]).toEqual(
    [true, true, false],
  )
})

test.each([
  [{ origin: 'running' as const }, null, 'this server runs already and is used as it is'],
  [{}, { asked: 72, right: 72, at: '' }, 'answered 72 of 72 known questions before'],
  [{}, null, 'the engine test is not here in a form that it loads'],
])('why no engine test is needed is said as it is: %o', async (changes, proof, words) => {
  const { told, job } = recorder()
  const deps = depsOf({ buildProofs: { get: () => proof } as never, engineTestFolder: () => Promise.resolve(null) })
  await testEngine(deps, runtimeOf('vllm'), { build: buildOf({ runtime: 'vllm', ...changes }), request, job })
  expect(told.at(-1)).toContain(words)
})

test('the smallest model in the right form stands in where the engine test is not loaded', () => {
  const model = (id: string, format: string, bytes: number) => ({
    id,
    title: id,
    state: 'ready',
    engineTest: id === 'test',
    bytes,
    facts: { format },
  })
  const list = [
    model('large', 'safetensors', 9),
    model('small', 'safetensors', 3),
    model('test', 'safetensors', 1),
    model('file', 'gguf', 2),
  ]
  const deps = depsOf({ library: { list: () => list } as never })
  expect(standInFor(deps, runtimeOf('vllm'))).toEqual({ id: 'small', title: 'small' })
  expect(standInFor(deps, runtimeOf('llama.cpp'))).toEqual({ id: 'file', title: 'file' })
  expect(standInFor(depsOf({ library: { list: () => [] } as never }), runtimeOf('vllm'))).toBeNull()
})

test('a runtime that is named is started with what is here, although nothing is recommended on it', async () => {
  const library = { list: () => [], resolve: () => null } as never
  const engineTestFolder = () => Promise.resolve({ id: 'roundhouse/canary:BF16' } as never)
  const recommend = () => Promise.resolve({ decisions: [] } as never)
  const builds = () => Promise.resolve([buildOf({ id: 'vllm@1', runtime: 'vllm' })])
  const stack = createStack(depsOf({ runtimes, library, engineTestFolder, recommend, builds }))
  const wish = { model: null, contextTokens: null }
  expect(await stack.choose({ ...wish, runtime: 'vllm' })).toMatchObject({ runtime: 'vllm', model: 'roundhouse/canary:BF16' })
  await expect(stack.choose({ ...wish, runtime: 'sglang' })).rejects.toMatchObject({ code: 'not-available-here' })
})
