import { describe, expect, it } from 'vitest'
import type { Build } from '../../../electron/contract/runtime'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { inputOf } from './launching'

const projector = { path: '/models/mmproj-F16.gguf', bytes: 900_000_000, sha256: 'cd'.repeat(32) }
const launchOf = (id: string) => {
  const launch = runtimes.find(each => each.id === id)?.launch
  if (!launch) throw new Error(`no launch of ${id}`)
  return launch
}
const installed: Partial<Build> = { origin: 'managed', path: '/opt/runtime/program' }
const planOf = (runtime: string, build: Partial<Build>, changes: object = {}) =>
  launchOf(runtime).plan(inputOf({ build: { runtime, kind: runtime, ...installed, ...build }, projector, ...changes }))

/** Everything that a plan runs, as words. */
function wordsOf({ process }: ReturnType<typeof planOf>): string {
  if (process.kind === 'spawn') return process.args.join(' ')
  if (process.kind === 'service') return process.steps.map(({ args }) => args.join(' ')).join('\n')
  return JSON.stringify(process)
}

describe('what reads images reaches every runtime that takes it', () => {
  it.each([
    ['llama.cpp', { kind: 'llama-server' }, '--mmproj /models/mmproj-F16.gguf'],
    ['llama.cpp', { kind: 'xllamacpp', version: '2026.10.11549', path: '/b/venv/bin/python' }, '--mmproj /models/mmproj-F16.gguf'],
    ['koboldcpp', {}, '--mmproj /models/mmproj-F16.gguf'],
    ['docker-model-runner', {}, 'model package --gguf /models/model.gguf --mmproj /models/mmproj-F16.gguf'],
    ['lmstudio', {}, 'import /models/mmproj-F16.gguf --user-repo roundhouse/org-model-q4_1 -y --hard-link'],
  ])('%s %o is given it', (runtime, build, words) => {
    expect(wordsOf(planOf(runtime, build))).toContain(words)
    expect(wordsOf(planOf(runtime, build, { projector: null }))).not.toContain('mmproj')
    expect(launchOf(runtime).takesProjector?.(inputOf({ build: { ...installed, ...build } }).build)).toBe(true)
  })

  it('Ollama is given both files by their hashes, without a copy where it is ours', () => {
    const plan = planOf('ollama', {})
    const digest = `sha256:${'cd'.repeat(32)}`
    expect(plan.links?.map(({ to }) => to)).toEqual(['/models/model.gguf', '/models/mmproj-F16.gguf'])
    expect(plan.prepare.map(({ path }) => path)).toEqual([
      ...[`/api/blobs/sha256:${'ab'.repeat(32)}`, `/api/blobs/${digest}`, '/api/create', '/api/generate'],
    ])
    expect(plan.prepare[2]).toMatchObject({ body: { files: { 'model.gguf': `sha256:${'ab'.repeat(32)}`, 'mmproj.gguf': digest } } })
  })

  it('a person’s own choice comes later and wins', () => {
    const request = { settings: { projector: '/other/mmproj.gguf' } }
    expect(wordsOf(planOf('llama.cpp', { kind: 'llama-server' }, { request }))).toMatch(
      /--mmproj \/models\/mmproj-F16\.gguf .*--mmproj \/other\/mmproj\.gguf/,
    )
  })

  it.each([
    ['llama.cpp', { kind: 'built-in', path: null }],
    ['localai', {}],
  ])('%s %o says that it answers text only', (runtime, build) => {
    expect(planOf(runtime, build).notes?.join(' ')).toContain('answers text only')
    expect(planOf(runtime, build, { projector: null }).notes?.join(' ')).not.toContain('answers text only')
    expect(launchOf(runtime).takesProjector?.(inputOf({ build: { ...installed, ...build } }).build) ?? false).toBe(false)
  })
})
