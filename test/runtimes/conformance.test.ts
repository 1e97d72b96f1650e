import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openaiLaunch } from '../../electron/core/runtimes/common-attach'
import { can, cannot } from '../../electron/core/runtimes/facts-judge'
import { runtimes } from '../../electron/core/runtimes/registry'
import { defineRuntime } from '../../electron/core/runtimes/runtime'
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

test('a runtime is added by one file, one fixture and one line of the registry', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rh-new-runtime-'))
  try {
    const fixtures = join(folder, 'test/fixtures/runtimes')
    mkdirSync(fixtures, { recursive: true })
    symlinkSync(join(root, 'test/fixtures/machines'), join(folder, 'test/fixtures/machines'))
    // The file.
    const added = defineRuntime({
      ...{ id: 'brand-new', title: 'Brand New', purpose: 'Shows what a runtime needs.', homepage: 'https://example.org', builds: [] },
      judge: machine => (machine.os.platform === 'linux' ? can(['cpu']) : cannot('It runs on Linux only.')),
      facts: {
        ...{ matrix: {}, matrixSource: 'A test of the conformance suite', formats: ['gguf'], fulfils: {}, madeFor: {}, traits: [] },
        ...{ concurrency: { kind: 'queue', comfortableUsers: 1 }, givesUp: [], memory: { overheadMiB: { cpu: 1 }, reservedShare: null } },
        speedFactor: { cpu: 1 },
      },
      render: request => ['brand-new', request.model.path ?? request.model.id, String(request.port)],
      launch: { ...openaiLaunch },
    })
    // The fixture.
    const fixture = {
      runsOn: ['rtx4090-linux'],
      notOn: ['m1-8gb'],
      plain: ['brand-new', 'org/model', '8101'],
      full: ['brand-new', '/models/m', '8101'],
    }
    writeFileSync(join(fixtures, 'brand-new.json'), JSON.stringify(fixture))
    // The line.
    const registry = [...runtimes, added]
    const found = registry.find(each => each.id === 'brand-new')
    for (const check of Object.values(recordedChecks)) await check(found ?? added, folder)
    const broken = { ...added, purpose: 'no sentence' }
    expect(() => recordedChecks['facts']?.(broken, folder)).toThrow('no purpose')
    expect(() => recordedChecks['render']?.({ ...added, render: () => ['other'] }, folder)).toThrow('rendered other')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/**
 * Where the name of a runtime is also that of a file format, and nothing else of it may stand: formats of models are in the
 * contract, in what reads hubs and folders, and in the place that shows models.
 */
const formatFiles = /^electron\/(?:contract\/(?:model|hub|model-store)\.ts|core\/models\/)|^renderer\/features\/models\//
const formats = new Set(['mlx'])

test('no runtime is named outside its adapter', () => {
  const names = identifiers.filter(id => id !== 'openai')
  const quoted = (ids: readonly string[]) => new RegExp(`['"](?:${ids.join('|').replaceAll('.', '\\.')})['"]`)
  const everywhere = quoted(names)
  const besidesFormats = quoted(names.filter(id => !formats.has(id)))
  const sources = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map(name => join(folder, name))
      .filter(name => /\.tsx?$/.test(name) && !name.startsWith(join('electron', 'core', 'runtimes')))
  const isGuilty = (name: string) => (formatFiles.test(name) ? besidesFormats : everywhere).test(readFileSync(join(root, name), 'utf8'))
  expect(['electron', 'renderer'].flatMap(sources).filter(isGuilty)).toEqual([])
})
