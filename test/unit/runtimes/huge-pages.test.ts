import { describe, expect, test } from 'vitest'
import type { MemoryEstimate } from '../../../electron/contract/decision'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { wantsHugePages } from '../../../electron/core/runtimes/common-huge-pages'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { ollamaLaunch } from '../../../electron/core/runtimes/ollama.launch'
import { machineOf } from '../recommend/machines'
import { inputOf } from './launching'

const takes = (weightsMiB: number, gpuLayers = 0): Pick<MemoryEstimate, 'gpuLayers' | 'devices'> => ({
  gpuLayers,
  devices: [
    {
      ...{ id: 'ram', name: 'Memory', totalMiB: 16_000, weightsMiB, kvMiB: 100, computeMiB: 100 },
      ...{ overheadMiB: 0, othersMiB: 0, freeMiB: 0 },
    },
  ],
})
const debian = { platform: 'linux', libc: 'glibc', libcVersion: '2.36', hugePages: 'madvise' } as const
const on = (os: Partial<Record<'platform' | 'libc' | 'libcVersion' | 'hugePages', string | null>>, availableMiB: number | null = 8_000) => {
  const machine = machineOf()
  return { ...machine, os: { ...machine.os, ...debian, ...os } as typeof machine.os, memory: { ...machine.memory, availableMiB } }
}

describe('weights in large pages', () => {
  test.each([
    { words: 'where who asks gets them, and this C library asks', machine: on({}), estimate: takes(4_000), wanted: true },
    {
      words: 'where everybody gets them, whatever the C library',
      ...{ machine: on({ hugePages: 'always', libc: 'musl', libcVersion: '1.2.5' }), estimate: takes(4_000), wanted: true },
    },
    { words: 'not where nobody gets them', machine: on({ hugePages: 'never' }), estimate: takes(4_000), wanted: false },
    { words: 'not where nobody knows who gets them', machine: on({ hugePages: null }), estimate: takes(4_000), wanted: false },
    { words: 'not where the C library cannot ask', machine: on({ libcVersion: '2.31' }), estimate: takes(4_000), wanted: false },
    { words: 'not on musl', machine: on({ libc: 'musl', libcVersion: '1.2.5' }), estimate: takes(4_000), wanted: false },
    { words: 'not on a Mac', machine: on({ platform: 'darwin' }), estimate: takes(4_000), wanted: false },
    { words: 'not beside a GPU that has layers', machine: on({}), estimate: takes(4_000, 1), wanted: false },
    { words: 'not where they would take most of what is free', machine: on({}), estimate: takes(6_000), wanted: false },
    { words: 'not where free memory is not known', machine: on({}, null), estimate: takes(10), wanted: false },
  ])('$words', ({ machine, estimate, wanted }) => {
    expect(wantsHugePages(machine, estimate)).toBe(wanted)
  })

  test.each([
    ['always madvise [never]\n', 'never'],
    ['[always] madvise never\n', 'always'],
    ['always [madvise] never\n', 'madvise'],
  ])('the kernel says %j', (text, policy) => {
    const run = { probe: 'x', commandLine: 'x', exitCode: 0, durationMs: 1, outcome: 'read' as const }
    const machine = parseMachine([{ fileName: 'transparent-hugepage-enabled.txt', text, run }], { platform: 'linux', detectedAt: null })
    expect(machine.os.hugePages).toBe(policy)
    expect(machine.origins['os.hugePages']?.kind).toBe('probe')
  })

  test('are asked for by the environment, with the file read instead of mapped', () => {
    const plans = [
      llamaCppLaunch.plan({ ...inputOf(), hugePages: true }),
      llamaCppLaunch.plan({ ...inputOf({ build: { version: 'b6123' } }), hugePages: true }),
      llamaCppLaunch.plan({ ...inputOf({ build: { kind: 'built-in', path: null } }), hugePages: true }),
    ].map(({ process }) => process)
    for (const process of plans) expect(process).toMatchObject({ env: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } })
    expect(plans[0]).toMatchObject({ args: expect.arrayContaining(['--load-mode', 'none']) as string[] })
    expect(plans[1]).toMatchObject({ args: expect.arrayContaining(['--no-mmap']) as string[] })
    expect(plans[2]).toMatchObject({ options: { hugePages: true } })
  })

  test('a launcher that was installed earlier is not given a flag that it does not know', () => {
    const input = inputOf({ build: { kind: 'xllamacpp', version: '2026.10.11549', path: '/home/builds/x/venv/bin/python' } })
    const argsWith = (knownFlags: ReadonlySet<string> | null) => {
      const { process } = llamaCppLaunch.plan({ ...input, hugePages: true, knownFlags })
      return process.kind === 'spawn' ? process.args : []
    }
    expect(argsWith(null)).not.toContain('--load-mode')
    expect(argsWith(new Set(['--cache-ram']))).not.toContain('--no-mmap')
    expect(argsWith(new Set(['--load-mode']))).toContain('--load-mode')
  })

  test('the person has the last word on how the file is read', () => {
    const input = inputOf({ request: { settings: { loadMode: 'mmap' } } })
    const { process } = llamaCppLaunch.plan({ ...input, hugePages: true, knownFlags: new Set(['--load-mode']) })
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args.lastIndexOf('mmap')).toBeGreaterThan(process.args.indexOf('none'))
  })

  test('an Ollama that runs already has an environment of its own, so its way of reading stays', () => {
    const plan = (origin: 'adopted' | 'running', path: string) =>
      ollamaLaunch.plan({ ...inputOf({ build: { runtime: 'ollama', kind: 'ollama', origin, path, title: 'Ollama' } }), hugePages: true })
    const created = { path: '/api/create', body: { parameters: { use_mmap: false } } }
    const ours = plan('adopted', '/usr/bin/ollama')
    expect(ours.process).toMatchObject({ env: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } })
    expect(ours.prepare[1]).toMatchObject(created)
    expect(plan('running', 'http://127.0.0.1:11434').prepare[1]).not.toMatchObject(created)
  })
})
