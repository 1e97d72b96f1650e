import type { RuntimeFacts } from './facts'
import { can, cannot, ggmlBackends } from './facts-judge'
import { ownJudgement } from './facts-source'
import { dockerModelRunnerLaunch, dockerModelRunnerMetrics, dockerModelRunnerSettings, runnerAddress } from './docker-model-runner.launch'
import { dockerModelRunnerBuilds } from './docker-model-runner.builds'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'acceptable', says: 'The inner engine inside Docker.' },
    concurrency: { tier: 'limited', says: 'As its inner engine.' },
    maintenance: { tier: 'acceptable', says: 'Follows Docker.' },
    reproducibility: { tier: 'strong', says: 'Models are images with a digest.' },
    os: { tier: 'strong', says: 'Where Docker runs.' },
    'lock-in': { tier: 'acceptable', says: 'Models live in a store of Docker.' },
    observability: { tier: 'acceptable', says: 'Metrics of its engines together.' },
    'multi-gpu': { tier: 'limited', says: 'Few controls.' },
    speculative: { tier: 'limited', says: 'By raw flags of the engine.' },
    edge: { tier: 'limited', says: 'Wants a computer with Docker.' },
    cadence: { tier: 'strong', says: 'Monthly.' },
  },
  formats: ['gguf'],
  fulfils: {
    'swap-models': 'It loads the model that a request names.',
    headless: 'It is a service of Docker.',
    'fixed-model': 'A digest fixes model and quantisation.',
  },
  madeFor: {},
  traits: ['wraps-engine', 'needs-container', 'loads-by-name', 'lazy-memory', 'pins-by-hash', 'headless'],
  concurrency: { kind: 'slots', comfortableUsers: 2 },
  givesUp: ['Its store cannot be shared with other engines, so models are downloaded again.'],
  memory: { overheadMiB: { cuda: 500, vulkan: 450, metal: 350, cpu: 250 }, reservedShare: null },
  speedFactor: { cuda: 0.95, vulkan: 0.95, metal: 0.95, cpu: 0.9 },
}

/** Command line: https://docs.docker.com/ai/model-runner/ */
export const dockerModelRunner = defineRuntime({
  id: 'docker-model-runner',
  title: 'Docker Model Runner',
  purpose: 'Runs models as images, for people whose tools are Docker already.',
  homepage: 'https://docs.docker.com/ai/model-runner/',
  judge(machine) {
    if (machine.containerEngine === null) return cannot('It needs Docker, which was not found here.')
    return can(
      ggmlBackends(machine, new Set()).filter(each => each !== 'cann'),
      { how: 'container' },
    )
  },
  facts,
  render: request => ['docker', 'model', 'run', `hf.co/${[request.model.id, request.model.artifact].filter(Boolean).join(':')}`],
  builds: dockerModelRunnerBuilds,
  launch: dockerModelRunnerLaunch,
  settings: dockerModelRunnerSettings,
  metrics: dockerModelRunnerMetrics,
  attach: {
    path: '/models',
    usualAddress: runnerAddress,
    recognise: body => /"tags"\s*:/.test(body) && /"id"\s*:\s*"sha256:/.test(body),
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
      tools: { support: 'native', why: 'Where the template of the model has tools.' },
      logprobs: { support: 'native' },
      embeddings: { support: 'native', why: 'With an embedding model.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native' },
    },
    source: 'https://docs.docker.com/ai/model-runner/api-reference/',
  },
  pins: ['version', 'digest of the model (ai/model@sha256:...)'],
})
