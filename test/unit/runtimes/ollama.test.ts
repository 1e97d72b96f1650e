import { describe, expect, test } from 'vitest'
import { ollamaBuilds, parseOllamaVersion, parseServerAnswer } from '../../../electron/core/runtimes/ollama.builds'
import { ollamaLaunch } from '../../../electron/core/runtimes/ollama.launch'
import { ollamaName } from '../../../electron/core/runtimes/ollama.name'
import { baseAddress, openaiLaunch } from '../../../electron/core/runtimes/common-attach'
import { machineOf } from '../recommend/machines'
import { evidenceOf, inputOf, recorded } from './launching'

const installed = { runtime: 'ollama', kind: 'ollama', origin: 'adopted', path: '/usr/bin/ollama', title: 'Ollama' } as const
const running = { ...installed, origin: 'running', path: 'http://127.0.0.1:11434/' } as const

describe('Ollama', () => {
  test('an installed one is started as ours, with port and store of its own', () => {
    const plan = ollamaLaunch.plan(inputOf({ build: installed, kvQuantisation: 'q8_0' }))
    expect(plan.process).toMatchObject({
      kind: 'spawn',
      args: ['serve'],
      env: {
        OLLAMA_HOST: '127.0.0.1:8101',
        OLLAMA_MODELS: '/home/roundhouse/run/one/ollama-models',
        OLLAMA_CONTEXT_LENGTH: '4096',
        OLLAMA_NUM_PARALLEL: '2',
        OLLAMA_KV_CACHE_TYPE: 'q8_0',
      },
    })
    expect(plan.address).toBe('http://127.0.0.1:8101')
  })

  test('settings are its environment; a running one keeps its own', () => {
    const request = { settings: { queue: 8, flashAttention: true } }
    expect(ollamaLaunch.plan(inputOf({ build: installed, request })).process).toMatchObject({
      env: { OLLAMA_MAX_QUEUE: '8', OLLAMA_FLASH_ATTENTION: '1' },
    })
    const plan = ollamaLaunch.plan(inputOf({ build: running, request }))
    expect(plan.notes).toHaveLength(2)
    expect(plan.notes?.[0]).toContain('keeps its own')
    expect(() => ollamaLaunch.plan(inputOf({ build: running, request: { settings: { queue: 0 } } }))).toThrow('less than the least')
  })

  test('a running one is attached to, and both are given the file under a name of ours', () => {
    const plan = ollamaLaunch.plan(inputOf({ build: running }))
    expect(plan.process).toEqual({ kind: 'attach' })
    expect(plan.address).toBe('http://127.0.0.1:11434')
    const digest = `sha256:${'ab'.repeat(32)}`
    expect(plan.prepare).toMatchObject([
      { kind: 'upload', path: `/api/blobs/${digest}`, file: '/models/model.gguf' },
      {
        path: '/api/create',
        body: { model: 'roundhouse-org-model:q4_1', files: { 'model.gguf': digest }, parameters: { num_ctx: 4096, num_thread: 7 } },
      },
      { path: '/api/generate', body: { model: 'roundhouse-org-model:q4_1', keep_alive: '30m' } },
    ])
    expect(plan.upstreamModel).toBe('roundhouse-org-model:q4_1')
  })

  test('a file without a checksum is refused in words', () => {
    const input = inputOf({ build: running })
    expect(() => ollamaLaunch.plan({ ...input, model: { ...input.model, sha256: null } })).toThrow('no checksum yet')
  })

  test.each([
    ['org/Model-1.5:Q4_K_M', 'roundhouse-org-model-1.5:q4_k_m'],
    ['local/Mein Modell (2):F16', 'roundhouse-local-mein-modell-2:f16'],
    ['plain', 'roundhouse-plain:latest'],
  ])('%s is named %s', (id, name) => {
    const { model } = inputOf()
    expect(ollamaName({ model: { ...model, id } })).toBe(name)
  })

  test('versions are read with and without a server', () => {
    expect(parseOllamaVersion('Warning: could not connect to a running Ollama instance\nWarning: client version is 0.17.4')).toBe('0.17.4')
    expect(parseOllamaVersion('ollama version is 0.17.4')).toBe('0.17.4')
    expect(parseOllamaVersion('ollama version is 0.16.0\nWarning: client version is 0.17.4')).toBe('0.17.4')
    expect(parseOllamaVersion('something else')).toBeNull()
    expect(parseServerAnswer('{"version":"0.0.0"}')).toBe('0.0.0')
  })

  // Words of `ollama serve` 0.17.4 as seen, and of llm/server.go.
  test.each([
    ['Error: listen tcp 127.0.0.1:8101: bind: address already in use', 'port-taken'],
    ["llama_model_load: error loading model: unknown model architecture: 'zzz'", 'unknown-architecture'],
    [
      'time=2026-11-21T10:00:00Z level=ERROR msg="model requires more system memory (39.6 GiB) than is available (7.2 GiB)"',
      'out-of-memory',
    ],
    ['Error: could not create directory mkdir /x: permission denied', 'folder-not-writable'],
  ])('%s -> %s', (line, cause) => {
    expect(ollamaLaunch.explain(evidenceOf([line]))).toMatchObject({ cause, lines: [line] })
  })

  test.each([
    ['ollama-unknown-architecture', 0, 'unknown-architecture'],
    ['ollama-file-missing', 0, 'file-missing'],
    ['ollama-answers', 0, 'truncated'],
    ['ollama-answers', 1, 'not-a-gguf'],
  ])('%s from line %i -> %s', (name, from, cause) => {
    const lines = name === 'ollama-answers' ? recorded(name).slice(from, from + 1) : recorded(name)
    expect(ollamaLaunch.explain(evidenceOf(lines))).toMatchObject({ cause })
  })

  test('its store is the file itself under the name of its hash: a start copies nothing and leaves nothing', () => {
    const plan = ollamaLaunch.plan(inputOf({ build: installed }))
    const store = '/home/roundhouse/run/one/ollama-models'
    expect(plan.links).toEqual([{ at: `${store}/blobs/sha256-${'ab'.repeat(32)}`, to: '/models/model.gguf' }])
    expect(plan.scratch).toEqual([store])
    expect(ollamaLaunch.plan(inputOf({ build: running })).links).toBeUndefined()
  })

  test('a model in several files is refused in words', () => {
    const input = inputOf({ build: installed })
    const model = { ...input.model, path: '/models/big-00001-of-00003.gguf' }
    expect(() => ollamaLaunch.plan({ ...input, model })).toThrow('lies in several files')
  })

  test('a recorded load tells its steps, its end and where it is', () => {
    const lines = recorded('ollama-ready')
    const steps = lines.flatMap(line => ollamaLaunch.progress(line)?.step ?? [])
    expect([...new Set(steps)]).toEqual(['Ollama is up', 'Reading the weights', 'Loaded'])
    expect(ollamaLaunch.placement(lines, inputOf())).toMatchObject({ text: 'on the CPU', gpuLayers: 0, layers: 5, verified: true })
    expect(ollamaLaunch.level('[GIN] 2026/11/21 - 15:26:45 | 500 |     931.099µs |       127.0.0.1 | POST     "/api/create"')).toBe('error')
  })

  test.each([
    [0, 'on the CPU', 0],
    [6_988_800, 'all on the GPU', null],
    [4_961_000, '71 % on the GPU, 29 % on the CPU', null],
  ])('with %i bytes in GPU memory it is %s', (sizeVram, text, gpuLayers) => {
    const body = JSON.stringify({ models: [{ name: 'roundhouse-org-model:q4_1', size: 6_988_800, size_vram: sizeVram }] })
    expect(ollamaLaunch.look?.read(body, inputOf())).toMatchObject({
      placement: { text, gpuLayers, verified: true },
      memoryMiB: 6_988_800 / 1_048_576,
    })
    expect(ollamaLaunch.look?.read('{"models":[]}', inputOf())).toBeNull()
    expect(ollamaLaunch.look?.read('no JSON', inputOf())).toBeNull()
  })

  test('where the layers are is read from what it passes on', () => {
    expect(ollamaLaunch.placement(['load_tensors: offloaded 33/33 layers to GPU'], inputOf())).toMatchObject({ gpuLayers: 33, layers: 33 })
    const cpu = 'time=x level=INFO source=types.go:42 msg="inference compute" id=cpu library=cpu total="23.5 GiB" available="20.1 GiB"'
    expect(ollamaLaunch.placement([cpu], inputOf())).toMatchObject({ gpuLayers: 0, verified: true })
    expect(ollamaLaunch.placement([cpu.replaceAll('=cpu', '=cuda')], inputOf())).toBeNull()
    expect([ollamaLaunch.level(cpu), ollamaLaunch.level('Error: listen tcp')]).toEqual(['info', 'error'])
  })

  test('the release for this system is matched by name', () => {
    const fetch = ollamaBuilds[0]?.installs(machineOf())[0]?.fetch
    if (fetch?.kind !== 'github-release') throw new Error('it is no release')
    expect('ollama-linux-amd64.tar.zst').toMatch(fetch.asset)
    expect('ollama-linux-amd64-rocm.tar.zst').not.toMatch(fetch.asset)
  })
})

describe('an attached server', () => {
  test('is asked with its own key, at its base address', () => {
    const plan = openaiLaunch.plan(inputOf({ build: { origin: 'running', path: 'http://box:8000/v1/' }, key: 'theirs' }))
    expect(plan).toMatchObject({
      process: { kind: 'attach' },
      address: 'http://box:8000',
      headers: { authorization: 'Bearer theirs' },
      prepare: [],
    })
    expect(openaiLaunch.plan(inputOf({ build: { path: 'http://box' }, key: '' })).headers).toEqual({})
    expect(baseAddress('https://x/api/v1')).toBe('https://x/api')
  })
})
