import type { RuntimeFacts } from './facts'
import { can, cannot, isAppleSilicon, versionNumber } from './facts-judge'
import { ownJudgement } from './facts-source'
import { omlxBuilds } from './omlx.builds'
import { omlxLaunch, omlxSettings } from './omlx.launch'
import { omlxMetrics } from './omlx.metrics'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'acceptable', says: 'MLX with a server around it.' },
    concurrency: { tier: 'strong', says: 'Batches requests and keeps caches in memory and on the SSD.' },
    maintenance: { tier: 'acceptable', says: 'A menu-bar app; flags given once are kept for ever.' },
    reproducibility: { tier: 'limited', says: 'App version and model files have to be written down.' },
    os: { tier: 'limited', says: 'Apple silicon, macOS 15 or newer.' },
    'lock-in': { tier: 'limited', says: 'MLX files run in MLX engines only.' },
    observability: { tier: 'limited', says: 'A log and an admin page.' },
    'multi-gpu': { tier: null, says: 'Does not apply: one chip.' },
    speculative: { tier: 'limited', says: 'Not seen in its documentation.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'strong', says: 'Frequent releases.' },
  },
  formats: ['mlx'],
  fulfils: {
    headless: 'Its server runs without the menu-bar app.',
    'swap-models': 'It keeps several models and evicts the one used least.',
    'fixed-model': 'A folder of models that it does not change.',
  },
  madeFor: {
    'rag-api': 'It batches requests and brings old prompts back from the SSD.',
    agents: 'Caches of long instructions survive on the SSD.',
    'long-context': 'A long cache can move to the SSD instead of being computed again.',
  },
  traits: ['apple-native', 'apple-server', 'continuous-batching', 'prefix-cache', 'ssd-cache', 'headless', 'own-format', 'keeps-flags'],
  concurrency: { kind: 'batched', comfortableUsers: 16 },
  givesUp: ['Flags of one start are saved and stay.', 'It has no metrics for Prometheus.'],
  memory: { overheadMiB: { metal: 700 }, reservedShare: null },
  speedFactor: { metal: 0.85 },
}

/** Flags: https://github.com/jundot/omlx */
export const omlx = defineRuntime({
  id: 'omlx',
  title: 'oMLX',
  purpose: 'Keeps several MLX models and their caches ready on a Mac, in memory and on the SSD.',
  homepage: 'https://github.com/jundot/omlx',
  judge(machine) {
    if (!isAppleSilicon(machine)) return cannot('It runs on Apple silicon only.')
    const major = versionNumber(machine.os.version)
    return major !== null && major < 15 ? cannot('It needs macOS 15 or newer.') : can(['metal'])
  },
  facts,
  render: request => [
    ...['omlx', 'serve', '--model-dir', request.model.path ?? '~/models', '--host', '127.0.0.1', '--port', String(request.port)],
    ...['--max-concurrent-requests', String(Math.max(1, request.slots))],
  ],
  builds: omlxBuilds,
  launch: omlxLaunch,
  metrics: omlxMetrics,
  settings: omlxSettings,
  attach: {
    path: '/v1/models/status',
    usualAddress: 'http://127.0.0.1:8000',
    recognise: body => /"models"\s*:/.test(body) && /"(?:loaded|pinned|is_loaded)"\s*:/.test(body),
  },
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'ignored', why: 'Its documentation does not name the field.' },
      'json-schema': { support: 'native', why: 'With the optional grammar package.' },
      tools: { support: 'native' },
      logprobs: { support: 'ignored', why: 'Its documentation does not name the field.' },
      embeddings: { support: 'native', why: 'With an embedding model in its folder.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native' },
    },
    source: 'https://github.com/jundot/omlx',
  },
  pins: ['version', 'commit of the model repository'],
})
