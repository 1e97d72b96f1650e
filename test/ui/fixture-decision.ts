import type { Decision, Recommendation } from '../../electron/contract/decision'
import { needSchema } from '../../electron/contract/need'

/** A made-up need and the answer to it, in the shape of the contract. */
export const need = needSchema.parse({ users: 8, task: 'rag-api', experience: 'operator', priorities: ['throughput', 'maintenance'] })

const range = (low: number, mid: number, high: number) => ({ low, mid, high })

export function makeDecision(over: Partial<Decision> = {}): Decision {
  return {
    rank: 1,
    runtime: 'llama.cpp',
    runtimeTitle: 'llama.cpp',
    build: 'llama.cpp@b9000+cuda',
    buildTitle: 'llama-server b9000',
    model: 'Qwen/Qwen3-8B',
    modelTitle: 'Qwen3-8B',
    artifact: 'Q8_0',
    libraryId: null,
    engineTest: false,
    contextTokens: 8192,
    slots: 8,
    startable: {
      now: false,
      missing: [
        { kind: 'build', text: 'llama-server b9000 for CUDA', bytes: 412_000_000 },
        { kind: 'model', text: 'Qwen3-8B Q8_0', bytes: 8_710_000_000 },
      ],
    },
    command: [
      'llama-server',
      '--model',
      'qwen3-8b-q8_0.gguf',
      '--host',
      '127.0.0.1',
      '--port',
      '8101',
      '--ctx-size',
      '65536',
      '--parallel',
      '8',
      '--n-gpu-layers',
      '37',
      '--alias',
      'Qwen/Qwen3-8B:Q8_0',
    ],
    memory: {
      devices: [
        {
          id: 'gpu0',
          name: 'NVIDIA GeForce RTX 4090',
          totalMiB: 24_564,
          weightsMiB: 8_306,
          kvMiB: 9_216,
          computeMiB: 1_400,
          overheadMiB: 900,
          othersMiB: 2_164,
          freeMiB: 2_578,
        },
      ],
      fits: true,
      gpuLayers: 37,
      layers: 37,
      workings: ['weights: 8.71 GB file', 'KV: 36 layers x 8 heads x 128 x 2 x 2 bytes x 65,536 tokens'],
      basis: 'shape',
    },
    speed: {
      oneUser: range(85, 97, 110),
      users: range(320, 390, 460),
      ttftMs: range(210, 300, 420),
      basis: 'estimated',
      why: null,
      workings: ['1008 GB/s / 8.7 GB read per token x 0.79'],
    },
    headline: 'Because 8 people ask at once: its slots share one copy of the weights, and all of it fits on the card.',
    reasons: [
      {
        rule: 'multi-user',
        text: 'eight users at once need parallel slots',
        evidence: [{ kind: 'matrix', text: 'concurrency: good', source: null }],
      },
      {
        rule: 'gpu-fits',
        text: 'the card holds weights and cache whole',
        evidence: [{ kind: 'published', text: '12 runs on this GPU', source: 'https://example.org/runs' }],
      },
    ],
    warnings: [],
    givesUp: ['a higher throughput at 8 users', 'its own model store'],
    changesIf: [{ text: '1 user: Ollama', runtime: 'ollama', need: { users: 1 } }],
    downloadBytes: 9_122_000_000,
    ...over,
  }
}

const instant = makeDecision({
  rank: 3,
  build: 'llama.cpp@built-in-3.21.1',
  buildTitle: 'llama.cpp built-in',
  model: 'roundhouse/canary',
  modelTitle: 'Engine test',
  artifact: 'F16',
  libraryId: 'roundhouse/canary:F16',
  engineTest: true,
  contextTokens: 256,
  slots: 1,
  startable: { now: true, missing: [] },
  command: [],
  headline: 'It is here already.',
  downloadBytes: null,
})

const runnerUp = makeDecision({
  rank: 2,
  runtime: 'ollama',
  runtimeTitle: 'Ollama',
  build: null,
  buildTitle: null,
  artifact: 'Q4_K_M',
  slots: 4,
  headline: 'Because it looks after its models itself.',
  givesUp: ['a third of the throughput'],
})

export const recommendation: Recommendation = {
  need,
  decisions: [makeDecision(), runnerUp, instant],
  rejected: [
    { runtime: 'mlx', title: 'MLX', why: 'needs a Mac with Apple silicon' },
    { runtime: 'tensorrt-llm', title: 'TensorRT-LLM', why: 'its engines must be built for this card first' },
  ],
  notes: [],
}
