import type { Instance } from '../../electron/contract/instance'
import type { Job, Step } from '../../electron/contract/job'
import { makeDecision } from './fixture-decision'

/** Made-up jobs and instances, in the shape of the contract. */
const at = '2026-01-15T11:31:00.000Z'

export function makeStep(id: string, over: Partial<Step> = {}): Step {
  return {
    id,
    title: id.charAt(0).toUpperCase() + id.slice(1),
    state: 'waiting',
    detail: null,
    done: null,
    total: null,
    unit: null,
    startedAt: null,
    endedAt: null,
    ...over,
  }
}

export function makeJob(over: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    kind: 'start',
    title: 'Start Qwen3-8B Q8_0 on llama.cpp',
    state: 'running',
    steps: [
      makeStep('install', {
        state: 'done',
        detail: 'llama-server b9000, digest matches',
        startedAt: at,
        endedAt: '2026-01-15T11:31:41.000Z',
      }),
      makeStep('canary', {
        state: 'done',
        detail: 'the engine test answered 16 of 16 known questions',
        startedAt: at,
        endedAt: '2026-01-15T11:31:08.000Z',
      }),
      makeStep('download', {
        state: 'running',
        detail: 'Qwen/Qwen3-8B-GGUF from the hub',
        done: 4_260_000_000,
        total: 8_710_000_000,
        unit: 'bytes',
        startedAt: at,
      }),
      makeStep('load', { detail: '19.4 GB of the RTX 4090; 21.9 GB are free' }),
      makeStep('proof', { detail: 'speed and device are read while it answers' }),
    ],
    rate: 46_000_000,
    secondsLeft: 104,
    failure: null,
    result: null,
    log: [
      { at, text: 'install   llama-server b9000' },
      { at, text: 'canary    16 of 16 answers right' },
    ],
    startedAt: at,
    endedAt: null,
    ...over,
  }
}

export function makeInstance(over: Partial<Instance> = {}): Instance {
  const decision = makeDecision()
  return {
    id: 'llama-cpp-1',
    runtime: 'llama.cpp',
    runtimeTitle: 'llama.cpp',
    build: 'llama.cpp@b9000+cuda',
    buildTitle: 'llama-server b9000',
    model: 'Qwen/Qwen3-8B:Q8_0',
    modelTitle: 'Qwen3-8B Q8_0',
    engineTest: false,
    route: 'Qwen/Qwen3-8B:Q8_0',
    adopted: false,
    state: { kind: 'ready', since: at },
    pid: 1234,
    address: 'http://127.0.0.1:8101/v1',
    command: decision.command,
    contextTokens: 8192,
    slots: 8,
    threads: 8,
    estimate: decision.memory,
    speedEstimate: decision.speed,
    proof: {
      placement: {
        text: '37 of 37 layers on the RTX 4090',
        gpuLayers: 37,
        layers: 37,
        verified: true,
        how: 'seen in the driver: +18.9 GB',
      },
      memoryMiB: 19_400,
      memoryHow: 'driver',
      ttftMs: 281,
      decodeTokensPerSecond: 99.4,
      contextTokens: 8192,
      threads: 8,
      golden: null,
      why: [],
      at,
    },
    residentMiB: 900,
    restarts: 0,
    lastRestartWhy: null,
    notices: [],
    startedAt: '2026-01-15T11:33:00.000Z',
    request: null,
    ...over,
  }
}
