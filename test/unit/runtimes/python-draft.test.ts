import { describe, expect, it } from 'vitest'
import type { LaunchInput } from '../../../electron/core/runtimes/runtime'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { inputOf } from './launching'

const draft = { id: 'org/draft:BF16', title: 'Draft', path: '/models/draft', tokens: 3 }
const model: LaunchInput['model'] = { id: 'org/Model:BF16', title: 'Model', path: '/models/model', sha256: null, facts: null }
const launchOf = (id: string) => {
  const launch = runtimes.find(each => each.id === id)?.launch
  if (!launch) throw new Error(`no launch of ${id}`)
  return launch
}
const buildOf = (id: string) => ({ runtime: id, kind: id, path: `/opt/${id}`, origin: 'managed' as const, backends: ['cuda'] })
const wordsOf = (id: string, changes: object = {}) => {
  const { process, notes } = launchOf(id).plan(inputOf({ build: buildOf(id), model, draft, ...changes }))
  return { words: process.kind === 'spawn' ? process.args.join(' ') : '', notes: (notes ?? []).join(' ') }
}

describe('a small model that guesses ahead', () => {
  it.each([
    ['vllm', '--speculative-config {"method":"draft_model","model":"/models/draft","num_speculative_tokens":3}', 'speculative'],
    [
      'sglang',
      '--speculative-algorithm STANDALONE --speculative-draft-model-path /models/draft --speculative-num-steps 3 --speculative-eagle-topk 1 --speculative-num-draft-tokens 4',
      'draftModel',
    ],
    ['mlx', '--draft-model /models/draft --num-draft-tokens 3', 'draftModel'],
  ])('%s is given it by its own flags, and a person’s own choice stands', (id, flags, setting) => {
    expect(wordsOf(id).words).toContain(flags)
    expect(wordsOf(id, { draft: null }).words).not.toMatch(/speculative|draft/)
    const choice = id === 'vllm' ? '{"model":"/own/choice"}' : '/own/choice'
    const own = wordsOf(id, { request: { settings: { [setting]: choice } } })
    expect(own.words).toContain('/own/choice')
    expect(own.words).not.toContain('/models/draft')
  })

  it.each(['vllm', 'sglang', 'mlx'])('%s runs without one that is a GGUF, and says so', id => {
    const { words, notes } = wordsOf(id, { draft: { ...draft, path: '/models/draft.gguf' } })
    expect(words).not.toContain('/models/draft')
    expect(notes).toContain('Draft is a GGUF file, so it runs without a draft model.')
  })

  it.each(['vllm', 'sglang', 'mlx'])('%s says why a build cannot', id => {
    const { refusesDraft } = launchOf(id)
    const { build } = inputOf({ build: buildOf(id) })
    expect(refusesDraft?.({ build, knownFlags: null })).toBeNull()
    expect(refusesDraft?.({ build, knownFlags: new Set(['--port']) })).toMatch(/ has no --(?:speculative|draft)/)
    expect(refusesDraft?.({ build: { ...build, image: 'x@sha256:1' }, knownFlags: null })).toContain('container')
    const onCpu = refusesDraft?.({ build: { ...build, backends: ['cpu'] }, knownFlags: null })
    expect(onCpu === null).toBe(id === 'mlx')
  })
})
