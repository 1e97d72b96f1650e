import { execa } from 'execa'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SettingValues } from '../../../electron/contract/runtime'
import { renderCommand } from '../../../electron/core/builds/render'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { parseServerFlags } from '../../../electron/core/runtimes/llama-cpp.flags'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { llamaCppSettings } from '../../../electron/core/runtimes/llama-cpp.settings'
import { xllamacppLauncher } from '../../../electron/core/runtimes/llama-cpp.xllamacpp-launcher'
import { buildOf, inputOf } from './launching'

const recordings = join(import.meta.dirname, '..', '..', 'fixtures', 'xllamacpp')
const build = { kind: 'xllamacpp', title: 'llama.cpp server from PyPI 2026.10.11549', version: '2026.10.11549', path: '/b/venv/bin/python' }

let folder = ''
let knownFlags: ReadonlySet<string> = new Set()

/** The launcher in a real Python, with a named fake of the package: the real one's parameters as they were recorded. */
const launcher = (args: readonly string[]) =>
  execa('python3', [join(folder, 'launcher.py'), ...args], { env: { PYTHONPATH: folder, LLAMA_API_KEY: 'the key' }, reject: false })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launcher-'))
  await writeFile(join(folder, 'launcher.py'), xllamacppLauncher)
  await cp(join(recordings, 'fake_xllamacpp.py'), join(folder, 'xllamacpp.py'))
  await cp(join(recordings, 'parameters.json'), join(folder, 'parameters.json'))
  knownFlags = new Set(parseServerFlags((await launcher(['--help'])).stdout))
})
afterAll(() => rm(folder, { recursive: true }))

/** What the package was told beyond a start without settings. */
async function toldBy(settings: SettingValues): Promise<unknown> {
  const plain = { build, knownFlags, folder }
  const told = async (values: SettingValues) => {
    const { process } = llamaCppLaunch.plan(inputOf({ ...plain, request: { settings: values } }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    const { stdout, stderr } = await launcher(process.args.slice(1))
    expect(stderr).toBe('')
    return JSON.parse(stdout) as Record<string, unknown>
  }
  const [with_, without] = await Promise.all([told(settings), told({})])
  return Object.fromEntries(Object.entries(with_).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(without[name])))
}

const mib = 1024 * 1024
const experts = String.raw`\.ffn_(up|down|gate|gate_up)_(ch|)exps=CPU`
const samples: readonly (readonly [string, SettingValues, Record<string, unknown>])[] = [
  [
    'memory and speed',
    {
      ...{ cacheRam: 64, kvUnified: true, fit: 'off', fitMargin: 512, kvOffload: false, cpuMoe: true, cpuMoeLayers: 2 },
      ...{ loadMode: 'mmap+mlock', swaFull: true, batch: 256, microBatch: 64, flashAttention: 'off', threadsBatch: 3 },
      ...{ numa: 'distribute', splitMode: 'row', tensorSplit: '3,1', mainGpu: 1 },
      ...{ speculative: 'ngram-simple', draftModel: '/m/draft.gguf', draftTokens: 5 },
    },
    {
      ...{ cache_ram_mib: 64, kv_unified: true, fit_params: false, fit_params_target: Array.from({ length: 16 }, () => 512 * mib) },
      ...{ no_kv_offload: true, tensor_buft_overrides: [experts, `blk\\.0${experts}`, `blk\\.1${experts}`].join(',') },
      ...{ load_mode: 'LLAMA_LOAD_MODE_MMAP_MLOCK', swa_full: true, n_batch: 256, n_ubatch: 64 },
      ...{ flash_attn_type: 'LLAMA_FLASH_ATTN_TYPE_DISABLED', 'cpuparams_batch.n_threads': 3 },
      ...{ numa: 'GGML_NUMA_STRATEGY_DISTRIBUTE', split_mode: 'LLAMA_SPLIT_MODE_ROW', main_gpu: 1 },
      tensor_split: [3, 1, ...Array.from({ length: 126 }, () => 0)],
      'speculative.types': ['COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE'],
      ...{ 'speculative.draft.mparams.path': '/m/draft.gguf', 'speculative.draft.n_max': 5 },
    },
  ],
  [
    'serving and models',
    {
      ...{ loadMode: 'dio', cacheReuse: 256, contextShift: true, reasoning: 'off', chatTemplateValues: '{"tone": "dry"}' },
      ...{ reasoningFormat: 'none', reasoningBudget: 64, jinja: false, chatTemplate: 'chatml', embeddings: true, pooling: 'mean' },
      ...{ sleepAfter: 60, projector: '/m/mmproj.gguf', lora: '/m/a.gguf,/m/b.gguf', ropeScaling: 'yarn', ropeScale: 4 },
    },
    {
      ...{ load_mode: 'LLAMA_LOAD_MODE_DIRECT_IO', n_cache_reuse: 256, ctx_shift: true, enable_reasoning: 0 },
      default_template_kwargs: { enable_thinking: 'false', tone: '"dry"' },
      ...{ reasoning_format: 'COMMON_REASONING_FORMAT_NONE', 'sampling.reasoning_budget_tokens': 64, use_jinja: false },
      ...{ chat_template: 'chatml', embedding: true, pooling_type: 'LLAMA_POOLING_TYPE_MEAN', sleep_idle_seconds: 60 },
      ...{ 'mmproj.path': '/m/mmproj.gguf', lora_adapters: ['/m/a.gguf x 1.0', '/m/b.gguf x 1.0'] },
      ...{ rope_scaling_type: 'LLAMA_ROPE_SCALING_TYPE_YARN', rope_freq_scale: 0.25 },
    },
  ],
]

describe('the launcher of the server from PyPI', () => {
  test('takes every typed setting but the devices, which the package cannot be told', () => {
    const lacking = llamaCppSettings.filter(({ flag, value }) => {
      const off = value.kind === 'switch' ? value.off : null
      return [flag, off].some(each => each !== null && !knownFlags.has(each))
    })
    expect(lacking.map(each => each.id)).toEqual(['devices'])
  })

  test('the samples below have every one of them', () => {
    const sampled = new Set(samples.flatMap(([, settings]) => Object.keys(settings)))
    expect(llamaCppSettings.filter(each => !sampled.has(each.id)).map(each => each.id)).toEqual(['devices'])
  })

  test.each(samples)('settings of %s are told to the package, and nothing else', async (_, settings, expected) => {
    expect(await toldBy(settings)).toEqual(expected)
  })

  test('fields of the start, and the key, are told too', async () => {
    const { process } = llamaCppLaunch.plan(inputOf({ build, knownFlags, folder, kvQuantisation: 'q8_0', gpuLayers: 0, slots: 3 }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    const told: unknown = JSON.parse((await launcher(process.args.slice(1))).stdout)
    expect(told).toMatchObject({
      ...{ n_ctx: 12_288, n_parallel: 3, 'cpuparams.n_threads': 7, 'cpuparams_batch.n_threads': 7, port: 8101, n_gpu_layers: 0 },
      ...{ cache_type_k: 'GGML_TYPE_Q8_0', cache_type_v: 'GGML_TYPE_Q8_0', flash_attn_type: 'LLAMA_FLASH_ATTN_TYPE_ENABLED' },
      ...{ 'speculative.draft.n_gpu_layers': 0, mmproj_use_gpu: false, api_keys: ['the key'], model_alias: ['org/Model:Q4_1'] },
    })
  })

  test('flags typed by hand: sampling defaults, short names, values with an equals sign; the last one wins', async () => {
    const { stdout } = await launcher(['-m', 'x', '--port', '1', '--temp', '0.5', '-s', '-1', '--top-k=9', '-b', '1', '-b', '2', '-nocb'])
    expect(JSON.parse(stdout)).toMatchObject({ 'sampling.temp': 0.5, 'sampling.top_k': 9, n_batch: 2, cont_batching: false })
  })

  test.each([
    [['--device', 'none'], 'error: invalid argument: --device'],
    [['-m', 'x', '-ctk', 'q9'], 'error: -ctk q9: unknown value q9'],
    [['-m', 'x', '-c', 'many'], /^error: -c many: /],
    [['-m'], 'error: invalid argument: -m'],
    [['--metrics=1'], 'error: invalid argument: --metrics'],
  ])('%j ends it with a sentence', async (args, expected) => {
    const { stderr, exitCode } = await launcher(args)
    expect(stderr).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
    expect(exitCode).toBe(1)
  })

  test('what it cannot take is named before a start, with the reason', () => {
    const request = inputOf({ request: { settings: { devices: 'none', batch: 64 } } }).request
    const input = { runtime: llamaCpp, request, model: null, machine: inputOf().machine, knownFlags, build: buildOf(build) }
    const { notOffered, problems, command } = renderCommand(input)
    expect(notOffered).toEqual([{ setting: 'devices', why: `${build.title} has no --device.` }])
    expect(problems).toMatchObject([{ kind: 'unknown-flag', setting: 'devices' }])
    expect(command).toContain('--batch-size')
    expect(command).not.toContain('--device')
  })
})
