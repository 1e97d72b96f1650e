import type { RuntimeFacts } from './facts'
import { can, ggmlBackends } from './facts-judge'
import { ownJudgement } from './facts-source'
import { localaiBuilds } from './localai.builds'
import { localaiLaunch, localaiSettings } from './localai.launch'
import { localaiMetrics } from './localai.metrics'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'acceptable', says: 'The inner engine, one hop away.' },
    concurrency: { tier: 'limited', says: 'As its inner engine.' },
    maintenance: { tier: 'acceptable', says: 'Backends are images of their own to keep up.' },
    reproducibility: { tier: 'acceptable', says: 'Image digests and files of settings.' },
    os: { tier: 'strong', says: 'Linux, macOS, containers.' },
    'lock-in': { tier: 'strong', says: 'Open, standard files.' },
    observability: { tier: 'acceptable', says: 'Prometheus metrics of its API.' },
    'multi-gpu': { tier: 'acceptable', says: 'What the inner engine gives.' },
    speculative: { tier: 'acceptable', says: 'What the inner engine gives.' },
    edge: { tier: 'limited', says: 'Wants a computer.' },
    cadence: { tier: 'strong', says: 'Frequent releases.' },
  },
  formats: ['gguf'],
  fulfils: {
    'exact-quant': 'A settings file names the exact GGUF.',
    'multi-gpu': 'What the inner engine gives.',
    'swap-models': 'It loads backends on demand and ends idle ones.',
    headless: 'It is a server without a window.',
    'fixed-model': 'A settings file fixes model and backend.',
  },
  madeFor: {},
  traits: ['wraps-engine', 'many-media', 'lazy-memory', 'loads-by-name', 'partial-offload', 'headless', 'listens-everywhere'],
  concurrency: { kind: 'slots', comfortableUsers: 2 },
  givesUp: ['A layer more between you and the engine.', 'It listens on every address unless told otherwise.'],
  memory: { overheadMiB: { cuda: 500, rocm: 500, vulkan: 450, metal: 350, cpu: 300 }, reservedShare: null },
  speedFactor: { cuda: 0.9, rocm: 0.9, vulkan: 0.9, metal: 0.9, cpu: 0.9 },
}

/** Flags: https://localai.io/reference/cli-reference/ */
export const localai = defineRuntime({
  id: 'localai',
  title: 'LocalAI',
  purpose: 'One server for text, speech and pictures, each by an engine of its own.',
  homepage: 'https://localai.io',
  judge: machine =>
    machine.os.platform === 'win32'
      ? can(['cpu'], { how: 'wsl2', notes: ['It has no Windows build: it runs in WSL2 or Docker.'] })
      : can(ggmlBackends(machine, new Set(['gfx1030', 'gfx1100', 'gfx1101', 'gfx942', 'gfx1151'])).filter(each => each !== 'cann')),
  facts,
  render: request => [
    ...['local-ai', 'run', request.model.path ?? `huggingface://${request.model.id}/${request.model.artifact}`],
    ...['--address', `127.0.0.1:${request.port}`, '--context-size', String(request.contextTokens)],
    ...(request.threads === null ? [] : ['--threads', String(request.threads)]),
  ],
  builds: localaiBuilds,
  launch: localaiLaunch,
  metrics: localaiMetrics,
  settings: localaiSettings,
  attach: {
    path: '/system',
    usualAddress: 'http://127.0.0.1:8080',
    recognise: body => /"backends"\s*:/.test(body) && /"loaded_models"\s*:/.test(body),
  },
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'native' },
      'json-schema': { support: 'native' },
      tools: { support: 'native', why: 'As its inner engine gives them.' },
      logprobs: { support: 'native', why: 'As its inner engine gives them.' },
      embeddings: { support: 'native', why: 'With a model that is set up for embeddings.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native' },
    },
    source: 'https://localai.io/features/',
  },
  pins: ['version', 'digest of the engine image', 'sha256 of the GGUF'],
})
