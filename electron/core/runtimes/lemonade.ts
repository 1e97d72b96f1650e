import type { RuntimeFacts } from './facts'
import { can, cannot, ggmlBackends, isAppleSilicon } from './facts-judge'
import { ownJudgement } from './facts-source'
import { lemonadeBuilds } from './lemonade.builds'
import { lemonadeLaunch } from './lemonade.launch'
import { lemonadeMetrics } from './lemonade.metrics'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'strong', says: 'The kernels of llama.cpp, built for AMD parts.' },
    concurrency: { tier: 'limited', says: 'As its inner engine.' },
    maintenance: { tier: 'strong', says: 'Installers that fetch the right backend.' },
    reproducibility: { tier: 'acceptable', says: 'Versions of server and backend.' },
    os: { tier: 'strong', says: 'Windows, Linux, macOS.' },
    'lock-in': { tier: 'strong', says: 'Open, standard files.' },
    observability: { tier: 'acceptable', says: 'Statistics of the last request, simple metrics.' },
    'multi-gpu': { tier: 'limited', says: 'Made for one APU or card.' },
    speculative: { tier: 'limited', says: 'As its inner engine.' },
    edge: { tier: 'acceptable', says: 'Reaches the NPU of Ryzen AI.' },
    cadence: { tier: 'strong', says: 'Every week or two.' },
  },
  formats: ['gguf'],
  fulfils: {
    'exact-quant': 'It loads the GGUF that a recipe names.',
    'swap-models': 'It loads and unloads models by request.',
    headless: 'It is a service without a window.',
    'fixed-model': 'A recipe fixes model and backend.',
  },
  madeFor: { chat: 'It sets up AMD graphics and NPU by itself.' },
  traits: ['wraps-engine', 'amd-native', 'npu', 'lazy-memory', 'loads-by-name', 'partial-offload', 'headless'],
  concurrency: { kind: 'slots', comfortableUsers: 2 },
  givesUp: ['Off AMD hardware it is a layer more around llama.cpp.'],
  memory: { overheadMiB: { rocm: 350, vulkan: 300, metal: 250, cpu: 150 }, reservedShare: null },
  speedFactor: { rocm: 0.97, vulkan: 0.97, metal: 0.95, cpu: 0.95 },
}

/** Command line: https://lemonade-server.ai/docs */
export const lemonade = defineRuntime({
  id: 'lemonade',
  title: 'Lemonade',
  purpose: "AMD's own server: picks Vulkan, ROCm or the NPU of a Ryzen AI by itself.",
  homepage: 'https://lemonade-server.ai',
  judge(machine) {
    if (machine.os.platform === 'darwin' && !isAppleSilicon(machine)) return cannot('On Macs it needs Apple silicon.')
    if (machine.os.arch === 'arm64' && machine.os.platform !== 'darwin') return cannot('It has no build for this processor.')
    const targets = new Set(['gfx1030', 'gfx1100', 'gfx1101', 'gfx1102', 'gfx1150', 'gfx1151', 'gfx1200', 'gfx1201'])
    return can(ggmlBackends(machine, targets).filter(each => each !== 'cuda' && each !== 'cann'))
  },
  facts,
  render: request => ['lemonade', 'run', `${request.model.id}:${request.model.artifact}`, '--ctx-size', String(request.contextTokens)],
  builds: lemonadeBuilds,
  launch: lemonadeLaunch,
  metrics: lemonadeMetrics,
  attach: {
    path: '/api/v1/health',
    usualAddress: 'http://127.0.0.1:13305',
    recognise: body => /"all_models_loaded"\s*:/.test(body),
  },
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'native', why: 'As its inner engine gives it.' },
      'json-schema': { support: 'native', why: 'As its inner engine gives it.' },
      tools: { support: 'native' },
      logprobs: { support: 'native', why: 'With the llama.cpp engine.' },
      embeddings: { support: 'native', why: 'With the llama.cpp engine.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native' },
    },
    source: 'https://lemonade-server.ai/docs/server/server_spec/',
  },
  pins: ['version', 'version of the inner engine', 'sha256 of the GGUF'],
})
