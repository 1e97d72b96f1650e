import { describe, expect, test } from 'vitest'
import { builtInVersion, llamaCppBuilds, parseDevices, parseServerVersion } from '../../../electron/core/runtimes/llama-cpp.builds'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import manifest from '../../../package.json' with { type: 'json' }
import { gpuOf, machineOf } from '../recommend/machines'
import { buildOf, evidenceOf, inputOf, recorded } from './launching'

describe('plan', () => {
  test('llama-server is given the whole context, and its secret by the environment only', () => {
    const { process, headers } = llamaCppLaunch.plan(inputOf({ request: { flags: ['--no-mmap'] } }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args.join(' ')).toBe(
      '-m /models/model.gguf --alias org/Model:Q4_1 --host 127.0.0.1 --port 8101 -c 8192 -np 2 -t 7 --metrics --no-webui --cache-ram 512 -lv 4 --cors-origins localhost --offline --no-mmap',
    )
    expect(process.env).toEqual({ LLAMA_API_KEY: 'the secret' })
    expect(process.args).not.toContain('the secret')
    expect(headers).toEqual({ authorization: 'Bearer the secret' })
  })

  test('an older build is not given flags that it does not know', () => {
    const { process } = llamaCppLaunch.plan(inputOf({ build: { version: 'b6123' }, gpuLayers: 20, kvQuantisation: 'q8_0' }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args.slice(12)).toEqual([
      '-t',
      '7',
      '-ngl',
      '20',
      '-ctk',
      'q8_0',
      '-ctv',
      'q8_0',
      '-fa',
      'on',
      '--metrics',
      '--no-webui',
    ])
  })

  test.each(['a; touch x', '--flag.gguf', '$(x)', 'with space.gguf', '-m'])('the path %j stays one argument that is no flag', path => {
    const input = inputOf()
    const { process } = llamaCppLaunch.plan({ ...input, model: { ...input.model, path } })
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args.slice(0, 3)).toEqual(['-m', path.startsWith('-') ? `./${path}` : path, '--alias'])
  })

  test('the server from PyPI is its Python with our launcher beside it', () => {
    const { process } = llamaCppLaunch.plan(
      inputOf({ build: { kind: 'xllamacpp', version: '2026.10.11549', path: '/home/builds/x/venv/bin/python' } }),
    )
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect([process.file, process.args[0]]).toEqual(['/home/builds/x/venv/bin/python', '/home/builds/x/llama-server.py'])
    expect(process.args).toContain('-lv')
  })

  test('the built-in engine gets options without the secret, and no flags', () => {
    const { process } = llamaCppLaunch.plan(inputOf({ build: { kind: 'built-in', path: null } }))
    expect(process).toMatchObject({ kind: 'engine', options: { contextTokens: 4096, slots: 2, threads: 7, alias: 'org/Model:Q4_1' } })
    expect(JSON.stringify(process)).not.toContain('secret')
    expect(() => llamaCppLaunch.plan(inputOf({ build: { kind: 'built-in', path: null }, request: { flags: ['-x'] } }))).toThrow(
      'no extra flags',
    )
  })

  test('flags that would open the machine or hide the server are refused', () => {
    for (const flag of ['--rpc', '--host', '--api-key', '--slot-save-path', '--path', '--media-path', '--tools']) {
      expect(llamaCppLaunch.refusedFlags[flag]).toMatch(/\.$/)
    }
  })
})

describe('reading its log', () => {
  test.each(['server-ready', 'engine-ready'])('%s: progress only grows, and ends with loaded', name => {
    const seen = recorded(name).flatMap(line => llamaCppLaunch.progress(line) ?? [])
    const shares = seen.flatMap(each => each.progress ?? [])
    expect(shares).toEqual(shares.toSorted((left, right) => left - right))
    expect(seen.at(-1)).toEqual({ progress: 1, step: 'Loaded' })
    expect(new Set(seen.map(each => each.step)).size).toBeGreaterThanOrEqual(4)
  })

  test.each([
    ['server-ready', null],
    ['engine-ready', 5],
  ])('%s: the layers are on the CPU', (name, layers) => {
    expect(llamaCppLaunch.placement(recorded(name), inputOf())).toMatchObject({ text: 'on the CPU', gpuLayers: 0, layers, verified: true })
  })

  // Lines of llama_model_loader and load_tensors in llama.cpp's src/llama-model.cpp.
  test.each([
    [
      ['load_tensors: offloaded 33/33 layers to GPU', 'load_tensors:        CUDA0 model buffer size =  4095.05 MiB'],
      'all 33 layers on CUDA0',
    ],
    [
      [
        'load_tensors: offloaded 20/49 layers to GPU',
        'load_tensors:   CPU_Mapped model buffer size =   417.66 MiB',
        'load_tensors:      Vulkan0 model buffer size =  4095.05 MiB',
      ],
      '20 of 49 layers on Vulkan0, the rest on the CPU',
    ],
    [['load_tensors: offloaded 0/33 layers to GPU', 'load_tensors:   CPU_Mapped model buffer size =  4095.05 MiB'], 'on the CPU'],
    [['layers: 31 of 31 on metal; threads: 2'], 'all 31 layers on the GPU'],
  ])('%j -> %s', (lines, text) => {
    expect(llamaCppLaunch.placement(lines, inputOf())).toMatchObject({ text, verified: true })
  })

  test('a log that says nothing of it proves nothing', () => {
    expect(llamaCppLaunch.placement(['listening'], inputOf())).toBeNull()
  })

  test('levels are read from its letter or first word', () => {
    expect(llamaCppLaunch.level('0.00.024.388 E llama_model_load: error loading model: tensor')).toBe('error')
    expect(llamaCppLaunch.level('0.00.002.485 W srv          init: security: no API key')).toBe('warn')
    expect(llamaCppLaunch.level('error: port-taken: cannot listen')).toBe('error')
    expect(llamaCppLaunch.level('request: slot 0, 36 prompt tokens')).toBe('info')
  })
})

describe('explaining a failed start', () => {
  test.each([
    ['server-truncated', 'truncated', true, 'download-again'],
    ['server-not-a-gguf', 'not-a-gguf', true, 'download-again'],
    ['server-file-missing', 'file-missing', true, 'choose-file'],
    ['server-unknown-architecture', 'unknown-architecture', true, 'choose-model'],
    ['server-port-taken', 'port-taken', false, 'retry'],
    ['server-bad-flag', 'bad-flag', true, 'restart-with'],
    ['server-out-of-memory', 'out-of-memory', true, 'restart-with'],
  ])('%s -> %s', (...[name, cause, permanent, action]) => {
    const lines = recorded(name)
    const found = llamaCppLaunch.explain(evidenceOf(lines))
    expect(found).toMatchObject({ cause, permanent })
    expect(found?.fixes.map(fix => fix.action.kind)).toContain(action)
    expect(found?.lines.length).toBeGreaterThan(0)
    for (const line of found?.lines ?? []) expect(lines).toContain(line)
  })

  test.each([
    ['error: truncated: llama_model_load: error loading model', 'truncated'],
    ['error: out-of-memory: Error: A context size of 16000000 is too large', 'out-of-memory'],
    ['error: bad-options: threads: Invalid input', 'bad-flag'],
    ['error: the argument has been removed. use --spec-draft-n-max', 'bad-flag'],
    ['llama_model_load_from_file_impl: no backends are loaded', 'library-missing'],
    ['ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9216.00 MiB on device 0: cudaMalloc failed: out of memory', 'out-of-memory'],
  ])('%s -> %s', (line, cause) => {
    expect(llamaCppLaunch.explain(evidenceOf([line]))?.cause).toBe(cause)
  })

  test('the GPU being full offers fewer layers on it', () => {
    const line = 'load_tensors: unable to allocate CUDA0 buffer'
    const fixes = llamaCppLaunch.explain(evidenceOf([line], inputOf({ gpuLayers: 40 })))?.fixes
    expect(fixes?.map(fix => fix.action)).toEqual(
      expect.arrayContaining([
        { kind: 'restart-with', gpuLayers: 20 },
        { kind: 'restart-with', gpuLayers: 0 },
      ]),
    )
  })

  test('a log without such words is left to others', () => {
    expect(llamaCppLaunch.explain(evidenceOf(recorded('server-ready')))).toBeNull()
  })
})

describe('builds', () => {
  test.each([
    ['version: 0.7.0 (build 11669, commit Debian)\nbuilt with cc for Linux x86_64', 'b11669'],
    ['version: 6123 (abcdef1)\nbuilt with', 'b6123'],
    ['version: 0.5.0 (build 0, commit unknown)', '0.5.0'],
    ['bash: command not found', null],
  ])('%j is version %s', (output, version) => {
    expect(parseServerVersion(output)).toBe(version)
  })

  test('devices become backends', () => {
    expect(parseDevices('Available devices:\n  (none)')).toEqual(['cpu'])
    expect(parseDevices('Available devices:\n  CUDA0: NVIDIA GeForce RTX 4090 (24215 MiB, 23000 MiB free)\n  Vulkan0: NVIDIA')).toEqual([
      'cuda',
      'vulkan',
      'cpu',
    ])
  })

  test('the built-in engine is the version that the package pins', () => {
    expect(builtInVersion).toBe(manifest.dependencies['node-llama-cpp'])
  })

  const plansOf = (machine: ReturnType<typeof machineOf>) => llamaCppBuilds.flatMap(kind => kind.installs(machine))
  const amd = gpuOf({ vendor: 'amd', cudaVersion: null, computeCapability: null, rocmTarget: 'gfx1100' })
  const nvidia = (driver: string, computeCapability = '8.9') => gpuOf({ driver, computeCapability })

  test.each([
    [
      'nvidia, new driver',
      machineOf({ gpus: [nvidia('580.95')] }),
      ['github-cuda-x64', 'github-vulkan-x64', 'github-cpu-x64', 'pypi-xllamacpp'],
    ],
    ['amd', machineOf({ gpus: [amd] }), ['github-rocm-x64', 'github-vulkan-x64', 'github-cpu-x64', 'pypi-xllamacpp']],
    ['no gpu', machineOf(), ['github-cpu-x64', 'pypi-xllamacpp']],
    ['mac', machineOf({ os: { platform: 'darwin', arch: 'arm64', libc: null } }), ['github-metal-arm64', 'pypi-xllamacpp']],
    ['nvidia, driver too old', machineOf({ gpus: [nvidia('520.61')] }), ['github-vulkan-x64', 'github-cpu-x64', 'pypi-xllamacpp']],
  ])('%s is offered %j', (_name, machine, ids) => {
    expect(plansOf(machine).map(plan => plan.id)).toEqual(ids)
  })

  // Names of assets: .github/workflows/release.yml of ggml-org/llama.cpp.
  test.each([
    [
      machineOf({ gpus: [nvidia('580.95')] }),
      'llama-b11669-bin-ubuntu-cuda-13.4-x64.tar.gz',
      'cudart-llama-b11669-bin-ubuntu-cuda-13.4-x64.tar.gz',
    ],
    [
      machineOf({ gpus: [nvidia('580.95', '6.1')] }),
      'llama-b11669-bin-ubuntu-cuda-12.8-x64.tar.gz',
      'cudart-llama-b11669-bin-ubuntu-cuda-12.8-x64.tar.gz',
    ],
    [
      machineOf({ os: { platform: 'win32', libc: null }, gpus: [nvidia('560.94')] }),
      'llama-b11669-bin-win-cuda-12.4-x64.zip',
      'cudart-llama-bin-win-cuda-12.4-x64.zip',
    ],
    [machineOf({ gpus: [amd] }), 'llama-b11669-bin-ubuntu-rocm-10.0-x64.tar.gz', null],
    [machineOf({ os: { platform: 'win32', libc: null } }), 'llama-b11669-bin-win-cpu-x64.zip', null],
    [machineOf({ os: { arch: 'arm64' } }), 'llama-b11669-bin-ubuntu-arm64.tar.gz', null],
  ])('the first plan takes %s', (machine, name, extra) => {
    const fetch = plansOf(machine)[0]?.fetch
    if (fetch?.kind !== 'github-release') throw new Error('it is no release')
    expect(name).toMatch(fetch.asset)
    if (extra !== null) expect(extra).toMatch(fetch.extra ?? /^nothing$/)
    expect('llama-b11669-bin-ubuntu-openvino-2026-x64.tar.gz').not.toMatch(fetch.asset)
  })

  test('a system without glibc is told why', () => {
    expect(plansOf(machineOf({ os: { libc: 'musl' } })).map(plan => plan.why)).toEqual([
      expect.stringContaining('musl'),
      expect.stringContaining('PyPI'),
    ])
  })

  test('the launcher from PyPI knows every flag that the adapter gives', () => {
    const plan = plansOf(machineOf()).find(each => each.fetch.kind === 'python-venv')
    const text = plan?.fetch.kind === 'python-venv' ? plan.fetch.launcher?.text : ''
    const build = buildOf({ kind: 'xllamacpp', version: '2026.10.11549', path: '/b/venv/bin/python' })
    const { process } = llamaCppLaunch.plan(inputOf({ build, gpuLayers: 3, kvQuantisation: 'q4_0' }))
    const flags = process.kind === 'spawn' ? process.args.filter(each => each.startsWith('-')) : []
    expect(flags.length).toBeGreaterThan(12)
    for (const flag of flags) expect(text).toMatch(new RegExp(`[" ]${flag}[" ]`))
  })
})
