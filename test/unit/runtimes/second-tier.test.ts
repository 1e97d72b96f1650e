import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { runtimes } from '../../../electron/core/runtimes/registry'
import type { Launch, LaunchPlan } from '../../../electron/core/runtimes/runtime'
import { gpuOf, machineOf } from '../recommend/machines'
import { evidenceOf, inputOf } from './launching'

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'runtimes', 'causes')
const launchOf = (id: string): Launch => {
  const launch = runtimes.find(each => each.id === id)?.launch
  if (!launch) throw new Error(`${id} has no launch`)
  return launch
}
const runtimeOf = (id: string) => {
  const runtime = runtimes.find(each => each.id === id)
  if (!runtime) throw new Error(`there is no ${id}`)
  return runtime
}
const planOf = (id: string, changes: Parameters<typeof inputOf>[0] = {}): LaunchPlan =>
  launchOf(id).plan(inputOf({ ...changes, build: { runtime: id, kind: id, title: id, path: `/opt/${id}`, ...changes.build } }))
const argsOf = ({ process }: LaunchPlan) => {
  if (process.kind === 'spawn') return process.args.join(' ')
  return process.kind === 'service' ? process.steps.map(step => step.args.join(' ')).join(' | ') : process.kind
}

describe('causes, as their sources word them', () => {
  const fixture = z.array(z.strictObject({ line: z.string(), cause: z.string() }))
  const rows = readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .flatMap(name =>
      fixture
        .parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
        .map(row => [name.replace('.json', ''), row.line, row.cause] as const),
    )
  test.each(rows)('%s: %s -> %s', (id, line, cause) => {
    const found = launchOf(id).explain(evidenceOf(['a line before', line], inputOf()))
    expect(found).toMatchObject({ cause, lines: [line] })
    expect(found?.explanation).toMatch(/\.$/)
    expect(found?.fixes.length).toBeGreaterThan(0)
  })
})

describe('how each is started', () => {
  test('KoboldCpp by the device that is here, its KV type as a number, and never with its window', () => {
    const machine = machineOf({ gpus: [gpuOf({ vendor: 'nvidia', usable: true })] })
    const plan = planOf('koboldcpp', { machine, kvQuantisation: 'q8_0', request: { settings: { jinja: true } } })
    expect(argsOf(plan)).toBe(
      '--skiplauncher --model /models/model.gguf --host 127.0.0.1 --port 8101 --contextsize 4096 --threads 7 --usecuda --gpulayers -1 --quantkv 1 --flashattention --multiuser 2 --jinja',
    )
    expect(argsOf(planOf('koboldcpp', { gpuLayers: 0 }))).toContain('--usecpu')
  })

  test('LocalAI with the folder of the file as its models folder, so that nothing is copied', () => {
    const plan = planOf('localai', { request: { settings: { half: true } } })
    expect(plan.process).toMatchObject({
      args: ['run'],
      env: { LOCALAI_ADDRESS: '127.0.0.1:8101', LOCALAI_MODELS_PATH: '/models', LOCALAI_F16: '1', LOCALAI_API_KEY: 'the secret' },
    })
    expect([plan.upstreamModel, plan.readyPath]).toEqual(['model.gguf', '/readyz'])
  })

  test('Docker Model Runner packs the file once, says that this is a copy, and unloads it at the end', () => {
    const plan = planOf('docker-model-runner', { build: { path: '/usr/bin/docker' } })
    expect(argsOf(plan)).toBe(
      'model status | model package --gguf /models/model.gguf roundhouse/org-model:q4_1 | model configure --context-size 4096 roundhouse/org-model:q4_1',
    )
    if (plan.process.kind !== 'service') throw new Error('it is no service')
    expect(plan.process.steps.map(step => step.undo)).toEqual([undefined, undefined, ['model', 'unload', 'roundhouse/org-model:q4_1']])
    expect(plan.notes?.[0]).toContain('second time')
  })

  test('TensorRT-LLM in its container by digest, with a port on loopback only and the weights read-only', () => {
    const build = { path: '/usr/bin/docker', version: '1.2.1', image: 'nvcr.io/nvidia/tensorrt-llm/release@sha256:ab' }
    const plan = planOf('tensorrt-llm', { build, request: { settings: { kvShare: 0.8 } } })
    if (plan.process.kind !== 'service') throw new Error('it is no service')
    const command = plan.process.watch.join(' ')
    expect(command).toContain('--publish 127.0.0.1:8101:8000 --volume /models/model.gguf:/model:ro')
    expect(command).toContain('nvcr.io/nvidia/tensorrt-llm/release@sha256:ab trtllm-serve /model')
    expect(command).toContain('--kv_cache_free_gpu_memory_fraction 0.8')
    expect(plan.process.steps[0]?.undo).toEqual(['stop', '--time', '20', 'roundhouse-one'])
  })

  test('oMLX with a base folder of its own, since it keeps the flags of a start for ever', () => {
    const input = inputOf()
    const plan = planOf('omlx', { model: { ...input.model, path: '/models/mlx-community/Qwen3-8B-4bit' } })
    expect(argsOf(plan)).toContain('--base-path /home/roundhouse/run/one --model-dir /models/mlx-community')
    expect(plan.upstreamModel).toBe('Qwen3-8B-4bit')
  })

  test('LM Studio with a share of the layers, and never with the log of models, which shows prompts', () => {
    const plan = planOf('lmstudio', { gpuLayers: 0, slots: 4, request: { settings: { ttl: 60, logSource: 'runtime' } } })
    expect(argsOf(plan)).toContain('--gpu off --parallel 4 --ttl 60')
    if (plan.process.kind !== 'service') throw new Error('it is no service')
    expect(plan.process.watch).toEqual(['log', 'stream', '--source', 'runtime'])
    expect(() => planOf('lmstudio', { request: { settings: { logSource: 'model' } } })).toThrow('is not one of')
  })

  test('Lemonade and TGI are attached to and never started', () => {
    const running = { origin: 'running', path: 'http://127.0.0.1:13305/v1/' } as const
    const attached = { build: running, model: { ...inputOf().model, path: '' } }
    for (const id of ['lemonade', 'tgi', 'omlx', 'koboldcpp', 'localai', 'tensorrt-llm', 'docker-model-runner', 'lmstudio'])
      expect(planOf(id, attached)).toMatchObject({ process: { kind: 'attach' }, address: 'http://127.0.0.1:13305' })
    expect(() => planOf('lemonade')).toThrow('models of its own list')
  })
})

test.each([
  ['koboldcpp', 'KoboldCpp 1.98.1', '1.98.1'],
  ['koboldcpp', '1.103\n', '1.103'],
  ['localai', 'LocalAI version v4.9.0 (82c191a)', '4.9.0'],
  ['docker-model-runner', 'Docker Model Runner version v1.2.6\nDocker Engine Kind: Docker Desktop', '1.2.6'],
  ['docker-model-runner', "docker: 'model' is not a docker command.\nSee 'docker --help'", null],
  ['tensorrt-llm', 'nvcr.io/nvidia/tensorrt-llm/release:1.2.1\n', '1.2.1'],
  ['tensorrt-llm', 'Cannot connect to the Docker daemon', null],
  ['lmstudio', "lms is LM Studio's CLI utility.\nCLI commit: 07b7252", '07b7252'],
  ['lmstudio', 'lms - LM Studio CLI - v0.0.47', '0.0.47'],
  ['lmstudio', 'GNU bash, version 5.2', null],
  ['omlx', 'omlx 0.4.1', '0.4.1'],
])('%s reads %j as %s', (id, output, version) => {
  expect(runtimeOf(id).builds[0]?.parseVersion(output)).toBe(version)
})

test.each([
  ['lmstudio', '{"models":[{"key":"qwen3-8b","max_context_length":40960,"loaded_instances":[]}]}'],
  ['koboldcpp', '{"result":"KoboldCpp","version":"1.98.1","protected":false}'],
  ['localai', '{"backends":["llama-cpp"],"loaded_models":[]}'],
  ['lemonade', '{"status":"ok","version":"11.7.0","all_models_loaded":[]}'],
  ['docker-model-runner', '[{"id":"sha256:0b3a","tags":["ai/smollm2:latest"],"created":1}]'],
  ['tgi', '{"model_id":"org/model","max_concurrent_requests":128,"version":"3.3.7"}'],
])('%s is recognised by what only it answers, and no other takes it for its own', (id, body) => {
  expect(runtimes.filter(each => each.attach?.recognise(body)).map(each => each.id)).toEqual([id])
  expect(runtimeOf(id).attach?.recognise('{"object":"list","data":[{"id":"gpt"}]}')).toBe(false)
})

test('KoboldCpp and TGI tell what runs and what waits', () => {
  expect(runtimeOf('koboldcpp').metrics?.parse('{"last_process":0.1,"queue":2,"idle":0}')).toMatchObject({ running: 1, waiting: 2 })
  const body =
    'tgi_queue_size 3\ntgi_batch_current_size 4\ntgi_request_mean_time_per_token_duration_sum 2\ntgi_request_mean_time_per_token_duration_count 100'
  expect(runtimeOf('tgi').metrics?.parse(body)).toMatchObject({ running: 4, waiting: 3, itlMs: 20, kvUse: null })
})
