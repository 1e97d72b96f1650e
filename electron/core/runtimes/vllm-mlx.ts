import type { RuntimeFacts } from './facts'
import { can, cannot, isAppleSilicon } from './facts-judge'
import { ownJudgement } from './facts-source'
import { defineRuntime } from './runtime'
import { vllmMlxApi } from './vllm-mlx.api'
import { vllmMlxBuilds } from './vllm-mlx.builds'
import { vllmMlxLaunch } from './vllm-mlx.launch'
import { vllmMlxMetrics } from './vllm-mlx.metrics'
import { vllmMlxSettings } from './vllm-mlx.settings'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'acceptable', says: 'A little behind plain MLX for one stream.' },
    concurrency: { tier: 'strong', says: 'Batches continuously with a paged cache on MLX.' },
    maintenance: { tier: 'acceptable', says: 'A Python environment tied to one MLX version.' },
    reproducibility: { tier: 'acceptable', says: 'Package versions and a commit of the model.' },
    os: { tier: 'limited', says: 'Apple silicon.' },
    'lock-in': { tier: 'limited', says: 'MLX files run in MLX engines only.' },
    observability: { tier: 'acceptable', says: 'Prometheus metrics with one flag.' },
    'multi-gpu': { tier: null, says: 'Does not apply: one chip.' },
    speculative: { tier: 'acceptable', says: 'Multi-token prediction for models that carry it.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'strong', says: 'Monthly.' },
  },
  formats: ['mlx'],
  fulfils: {
    'kv-quant': 'The cache can be kept in 8 bits.',
    headless: 'It is a server without a window.',
    'swap-models': 'It loads models on demand and unloads idle ones.',
    'fixed-model': 'Package versions and a commit of the model fix the answers.',
  },
  madeFor: {
    'rag-api': 'It batches the requests of several callers on a Mac.',
    agents: 'Prompts that begin alike share their cache.',
    batch: 'A steady stream of requests shares one batch.',
  },
  traits: ['apple-native', 'apple-server', 'continuous-batching', 'prefix-cache', 'prometheus', 'needs-python', 'headless', 'own-format'],
  concurrency: { kind: 'batched', comfortableUsers: 32 },
  givesUp: ['It is young and follows MLX one version behind.', 'For one person it is slower than MLX alone.'],
  memory: { overheadMiB: { metal: 700 }, reservedShare: null },
  speedFactor: { metal: 0.85 },
}

/** Flags: https://github.com/waybarrios/vllm-mlx */
export const vllmMlx = defineRuntime({
  id: 'vllm-mlx',
  title: 'vllm-mlx',
  purpose: 'Serves several people from one Mac with continuous batching on MLX.',
  homepage: 'https://github.com/waybarrios/vllm-mlx',
  judge: machine => (isAppleSilicon(machine) ? can(['metal']) : cannot('It runs on Apple silicon only.')),
  facts,
  render: request => [
    ...['vllm-mlx', 'serve', request.model.path ?? request.model.id, '--served-model-name', request.route],
    ...['--host', '127.0.0.1', '--port', String(request.port), '--enable-metrics', '--enable-prefix-cache'],
    ...(request.slots > 1 ? ['--continuous-batching', '--max-num-seqs', String(request.slots), '--use-paged-cache'] : []),
    ...(request.kvQuantisation === 'q8_0' ? ['--kv-cache-quantization', '--kv-cache-quantization-bits', '8'] : []),
  ],
  builds: vllmMlxBuilds,
  launch: vllmMlxLaunch,
  settings: vllmMlxSettings,
  api: vllmMlxApi,
  metrics: vllmMlxMetrics,
  pins: ['version of vllm-mlx and digest of its lock', 'commit of the model, or of the one it was converted from', 'macOS'],
})
