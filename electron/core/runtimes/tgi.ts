import type { RuntimeFacts } from './facts'
import { can, cannot, usableGpus } from './facts-judge'
import { ownJudgement } from './facts-source'
import { attachPlan, openaiLaunch } from './common-attach'
import { tgiMetrics } from './tgi.metrics'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'acceptable', says: 'Overtaken by its successors.' },
    concurrency: { tier: 'strong', says: 'Batches continuously.' },
    maintenance: { tier: 'limited', says: 'Archived: nobody maintains it.' },
    cadence: { tier: 'limited', says: 'No releases since January 2026.' },
    observability: { tier: 'strong', says: 'Prometheus metrics are on.' },
  },
  formats: ['safetensors'],
  fulfils: {
    headless: 'It is a server in a container.',
    'multi-gpu': 'It shards a model over cards.',
    'fixed-model': 'One server serves one model.',
  },
  madeFor: {},
  traits: ['continuous-batching', 'reserves-memory', 'restart-to-switch', 'needs-container', 'prometheus', 'archived', 'attach-only'],
  concurrency: { kind: 'batched', comfortableUsers: 32 },
  givesUp: ['It gets no fixes any more.'],
  memory: { overheadMiB: { cuda: 1500, rocm: 1500 }, reservedShare: 1 },
  speedFactor: { cuda: 0.75, rocm: 0.75 },
}

/** Flags: https://github.com/huggingface/text-generation-inference */
export const tgi = defineRuntime({
  id: 'tgi',
  tier: 'attach',
  title: 'TGI',
  purpose: 'An archived server; a running one can be attached and moved off.',
  homepage: 'https://github.com/huggingface/text-generation-inference',
  judge: machine =>
    machine.os.platform === 'linux' && usableGpus(machine, 'nvidia').length > 0
      ? can(['cuda'], { how: 'container', notes: ['It is in maintenance mode since early 2026.'] })
      : cannot('It runs in containers on Linux with an NVIDIA GPU, and is no longer maintained.'),
  facts,
  render: request => [
    ...['docker', 'run', '--gpus', 'all', '--shm-size', '1g', '-p', `127.0.0.1:${request.port}:80`],
    ...['ghcr.io/huggingface/text-generation-inference:3.3.7', '--model-id', request.model.id],
    ...['--max-total-tokens', String(request.contextTokens), '--num-shard', String(request.tensorParallel)],
  ],
  builds: [],
  launch: { ...openaiLaunch, plan: attachPlan },
  metrics: tgiMetrics,
  attach: {
    path: '/info',
    usualAddress: 'http://127.0.0.1:3000',
    recognise: body => /"model_id"\s*:/.test(body) && /"max_concurrent_requests"\s*:/.test(body),
  },
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'native' },
      'json-schema': { support: 'native', why: 'As guidance.' },
      tools: { support: 'native' },
      logprobs: { support: 'native' },
      embeddings: { support: 'refused', why: 'It generates text only.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native' },
    },
    source: 'https://huggingface.co/docs/text-generation-inference/reference/api_reference',
  },
  pins: ['digest of the image', 'commit of the model repository'],
})
