import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Instance } from '../../../electron/contract/instance'
import { readLlamaSwap } from '../../../electron/core/exchange/read-llama-swap'
import { shellLine, shellWords } from '../../../electron/core/exchange/shell-words'
import { writeLitellm, writeLlamaSwap } from '../../../electron/core/exchange/write'
import { readYaml } from '../../../electron/core/exchange/yaml'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { makeInstance } from '../../ui/fixture-run'
import { inputOf } from '../runtimes/launching'

describe('words of a command line', () => {
  test.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`--x 'a b' "c \\"d\\"" e\\ f ''`, ['--x', 'a b', 'c "d"', 'e f', '']],
    ['llama-server \\\n  -m /models/q.gguf\n# -c 1\n  -c 8192', ['llama-server', '-m', '/models/q.gguf', '-c', '8192']],
    ['', []],
  ])('%j', (line, words) => {
    expect(shellWords(line)).toEqual(words)
  })

  test('a quote that is not closed is told', () => {
    expect(() => shellWords(`a 'b`)).toThrow('not closed')
  })

  test('any words written as a line are read back as they were', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(text => !/[\r\n]/.test(text))
    const roundTrip = fc.property(fc.array(word, { maxLength: 6 }), words => {
      expect(shellWords(`x ${shellLine(words)}`)).toEqual(['x', ...words])
    })
    fc.assert(roundTrip)
  })
})

const file = `
# A file as llama-swap documents it.
healthCheckTimeout: 300
startPort: 5800
globalTTL: 60
hooks: {on_startup: {preload: [qwen-coder]}}
macros:
  llama: /opt/bin/llama-server --host 127.0.0.1 --port \${PORT}
  where: /models
models:
  "qwen-coder":
    cmd: |
      \${llama}
      -m "\${where}/q w.gguf" \\
      -c 32768 -np 4 -ngl 99 --metrics
      # a remark
      -ctk q8_0 -ctv q8_0 --jinja -fa on
    ttl: 900
    aliases: ["coder"]
    env: ["CUDA_VISIBLE_DEVICES=0"]
  hub:
    cmd: llama serve --port=\${PORT} -hf unsloth/Qwen3-8B-GGUF:Q4_K_M \${strange}
  other:
    cmd: docker run --rm -p \${PORT}:8000 some/image --model x
    ttl: 0
groups: {old: {swap: true, members: [hub]}}
routing: {router: {use: group, settings: {groups: {big: {members: ["qwen-coder"]}}}}}
`

describe('a llama-swap file', () => {
  const { models, notes } = readLlamaSwap(file, runtimes)

  test('gives a start request for a command that a runtime knows', () => {
    expect(models[0]).toMatchObject({
      ...{
        name: 'qwen-coder',
        runtime: 'llama.cpp',
        file: '/models/q w.gguf',
        repository: null,
        aliases: ['coder'],
        idleSeconds: 900,
        group: 'big',
      },
      request: { contextTokens: 8192, slots: 4, gpuLayers: 99, kvQuantisation: 'q8_0', flags: ['--jinja', '-fa', 'on'] },
      notes: ['This variable is not taken over: CUDA_VISIBLE_DEVICES=0'],
    })
    expect(models[1]).toMatchObject({ repository: 'unsloth/Qwen3-8B-GGUF:Q4_K_M', file: null, idleSeconds: 60, group: 'old' })
    expect(models[1]?.notes[0]).toContain('${strange}')
  })

  test('keeps a stranger’s command as it is and says what to do', () => {
    expect(models[2]).toMatchObject({
      runtime: null,
      request: null,
      idleSeconds: null,
      command: expect.arrayContaining(['${PORT}:8000']) as string[],
    })
    expect(models[2]?.notes.join(' ')).toContain('attach')
    expect(notes).toEqual(['"hooks" of the file is not taken over: {"on_startup":{"preload":["qwen-coder"]}}'])
  })

  test.each([
    ['models: [1]', /no llama-swap file/],
    ['a: [', /not YAML/],
    ['{}', /no llama-swap file/],
    ['models: {a: {cmd: "x \'y"}}', /not closed/],
    [`x: &a [1]\nmodels: [${'*a,'.repeat(2_000)}]`, /not YAML|no llama-swap/],
    ['x'.repeat(1_000_001), /longer than/],
  ])('that is none is refused in words: %.30s', (text, sentence) => {
    expect(() => readLlamaSwap(text, runtimes)).toThrow(sentence)
  })

  test('macros that name each other come to an end', () => {
    const [model] = readLlamaSwap('macros: {a: "${b}", b: "${a}"}\nmodels: {m: {cmd: "llama-server ${a}"}}', runtimes).models
    expect(model?.runtime).toBe('llama.cpp')
  })
})

describe('what runs', () => {
  const input = inputOf({ route: 'org/Model:Q4_1', request: { flags: ['--verbose-prompt'] } })
  const plan = llamaCpp.launch?.plan(input)
  if (!plan) throw new Error('it has no plan')
  const instance: Instance = { ...makeInstance({ id: 'one' }), route: input.route, contextTokens: 4096 }

  test('written for llama-swap and read back is the same start, without our secret', () => {
    const { text, notes } = writeLlamaSwap([{ instance, runtime: llamaCpp, input, plan }])
    expect(text).not.toContain('the secret')
    expect(notes).toEqual([])
    const [model] = readLlamaSwap(text, runtimes).models
    expect(model).toMatchObject({ name: input.route, runtime: 'llama.cpp', file: '/models/model.gguf' })
    expect(model?.request).toMatchObject({ contextTokens: 4096, slots: 2, threads: 7 })
    expect(model?.request?.flags).toContain('--verbose-prompt')
    expect(model?.command).toContain('${PORT}')
    expect(readYaml(text)).toMatchObject({ models: { [input.route]: { proxy: 'http://127.0.0.1:${PORT}', checkEndpoint: '/health' } } })
  })

  test('the engine of the app becomes a command of the same runtime, and what is attached is left out with the reason', () => {
    const engine = inputOf({ build: { kind: 'built-in', path: null }, route: input.route })
    const engineConfig = llamaCpp.launch?.plan(engine)
    if (!engineConfig) throw new Error('it has no plan')
    const attached = {
      instance: { ...instance, adopted: true, route: 'far' },
      runtime: llamaCpp,
      input,
      plan: { ...plan, process: { kind: 'attach' as const } },
    }
    const { text, notes } = writeLlamaSwap([{ instance, runtime: llamaCpp, input: engine, plan: engineConfig }, attached])
    expect(text).toContain('llama-server')
    expect(notes).toHaveLength(2)
    expect(notes[1]).toContain('far is left out')
  })

  test('written for LiteLLM names each route once and the key by its variable only', () => {
    const { text } = writeLitellm([instance, instance], 'http://127.0.0.1:7777/v1')
    expect(readYaml(text)).toEqual({
      model_list: [
        {
          model_name: input.route,
          litellm_params: { model: `openai/${input.route}`, api_base: 'http://127.0.0.1:7777/v1', api_key: 'os.environ/ROUNDHOUSE_KEY' },
          model_info: { max_input_tokens: 4096 },
        },
      ],
      litellm_settings: { drop_params: true },
    })
  })
})
