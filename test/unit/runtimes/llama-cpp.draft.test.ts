import { expect, test } from 'vitest'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { xllamacppLauncher } from '../../../electron/core/runtimes/llama-cpp.xllamacpp-launcher'
import { buildOf, inputOf } from './launching'

const draft = { id: 'org/small:Q8_0', title: 'Small', path: '/models/small.gguf', tokens: 3 }
const argumentsOf = (input: ReturnType<typeof inputOf>) => {
  const { process } = llamaCppLaunch.plan(input)
  return process.kind === 'spawn' ? process.args.join(' ') : JSON.stringify(process)
}

test('a draft model is named with its method, or it would be loaded and not used', () => {
  expect(argumentsOf(inputOf({ draft }))).toContain(' -md /models/small.gguf --spec-type draft-simple --spec-draft-n-max 3')
  expect(argumentsOf(inputOf({ draft: { ...draft, path: '-m' } }))).toContain(' -md ./-m --spec-type')
  expect(argumentsOf(inputOf())).not.toMatch(/-md|--spec/)
  expect(argumentsOf(inputOf({ draft, build: { kind: 'built-in', path: null } }))).toContain('"draftPath":"/models/small.gguf"')
  expect(argumentsOf(inputOf({ build: { kind: 'built-in', path: null } }))).toContain('"draftPath":null')
})

test('a draft stays off the GPU with its model, by a flag that the build has', () => {
  const knownFlags = new Set(['--spec-type', '--spec-draft-n-max', '--spec-draft-ngl'])
  expect(argumentsOf(inputOf({ draft, gpuLayers: 0, knownFlags }))).toContain('--spec-draft-ngl 0')
  expect(argumentsOf(inputOf({ draft, gpuLayers: 0 }))).not.toContain('--spec-draft-ngl')
  expect(argumentsOf(inputOf({ draft, gpuLayers: 8, knownFlags }))).not.toContain('--spec-draft-ngl')
})

test.each([
  { build: {}, known: ['--spec-type', '--spec-draft-n-max'], why: null },
  { build: {}, known: ['-md', '--draft-max'], why: 'llama-server b11669 has no --spec-type.' },
  { build: {}, known: null, why: null },
  { build: { version: 'b6123' }, known: null, why: expect.stringContaining('not known to draft') as string },
  { build: { version: null }, known: null, why: expect.stringContaining('not known to draft') as string },
  { build: { kind: 'built-in', version: '3.21.1' }, known: null, why: null },
  { build: { kind: 'xllamacpp', version: '2026.10.11549' }, known: null, why: null },
  { build: { kind: 'xllamacpp', version: '2025.1.9000' }, known: null, why: expect.stringContaining('not known to draft') as string },
  { build: { kind: 'xllamacpp' }, known: ['-m'], why: expect.stringContaining('has no --spec-type') as string },
])('whether $build with the flags $known can draft', ({ build, known, why }) => {
  expect(llamaCppLaunch.refusesDraft?.({ build: buildOf(build), knownFlags: known && new Set(known) })).toEqual(why)
})

test('the launcher from PyPI knows the flags of a draft', () => {
  const flags = argumentsOf(inputOf({ draft })).match(/(?<= )(?:-md|--spec\S*)/g) ?? []
  expect(flags).toHaveLength(3)
  for (const flag of flags) expect(xllamacppLauncher).toMatch(new RegExp(`[" ]${flag}[" ]`))
})
