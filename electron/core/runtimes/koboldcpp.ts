import type { RuntimeFacts } from './facts'
import { can, cannot, usableGpus } from './facts-judge'
import { ownJudgement } from './facts-source'
import { koboldcppBuilds } from './koboldcpp.builds'
import { readKoboldcppCommand } from './koboldcpp.command'
import { koboldcppLaunch } from './koboldcpp.launch'
import { koboldcppMetrics, koboldcppSettings } from './koboldcpp.settings'
import { defineRuntime, type RenderRequest } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'strong', says: 'The kernels of llama.cpp.' },
    concurrency: { tier: 'limited', says: 'Requests wait in a queue.' },
    maintenance: { tier: 'acceptable', says: 'One file, replaced by hand.' },
    reproducibility: { tier: 'acceptable', says: 'Release number and hash of the file.' },
    os: { tier: 'strong', says: 'Windows, Linux on x86, Macs with Apple silicon.' },
    'lock-in': { tier: 'strong', says: 'GGUF files, open source (AGPL).' },
    observability: { tier: 'limited', says: 'A page of last timings.' },
    'multi-gpu': { tier: 'acceptable', says: 'Splits layers by ratio.' },
    speculative: { tier: 'acceptable', says: 'Takes a draft model.' },
    edge: { tier: 'limited', says: 'Wants a computer.' },
    cadence: { tier: 'strong', says: 'About monthly.' },
  },
  formats: ['gguf'],
  fulfils: {
    'exact-quant': 'It loads exactly the GGUF file you name.',
    'kv-quant': 'The KV cache can be kept in 8 or 4 bits.',
    'multi-gpu': 'It splits layers over several GPUs.',
    'layer-split': 'The share of each GPU is a flag.',
    'swap-models': 'Saved set-ups can be swapped by request.',
    headless: 'It starts without its window when told to.',
    speculative: 'It takes a draft model.',
    'fixed-model': 'Release number and hash of one file.',
  },
  madeFor: {},
  traits: ['partial-offload', 'wraps-engine', 'flag-control', 'single-binary', 'lazy-memory', 'story-window'],
  concurrency: { kind: 'queue', comfortableUsers: 1 },
  givesUp: ['People at once wait for each other.', 'It is made for stories first; its OpenAI side is thinner.'],
  memory: { overheadMiB: { cuda: 350, vulkan: 300, metal: 200, cpu: 150 }, reservedShare: null },
  speedFactor: { cuda: 0.95, vulkan: 0.95, metal: 0.95, cpu: 0.95 },
}

/** Flags: https://github.com/LostRuins/koboldcpp/wiki */
export const koboldcpp = defineRuntime({
  id: 'koboldcpp',
  title: 'KoboldCpp',
  purpose: 'A one-file GGUF engine with a window for stories and characters.',
  homepage: 'https://github.com/LostRuins/koboldcpp',
  judge(machine) {
    if (machine.os.arch !== 'x64' && machine.os.platform !== 'darwin') return cannot('It has no ready build for this processor.')
    if (machine.os.platform === 'darwin')
      return machine.os.arch === 'arm64' ? can(['metal', 'cpu']) : cannot('On Macs it needs Apple silicon.')
    const nvidia = usableGpus(machine, 'nvidia').length > 0 ? ['cuda'] : []
    const vulkan = usableGpus(machine).some(gpu => gpu.vulkan !== false && gpu.vendor !== 'huawei') ? ['vulkan'] : []
    return can([...nvidia, ...vulkan, 'cpu'])
  },
  facts,
  render,
  builds: koboldcppBuilds,
  launch: koboldcppLaunch,
  readCommand: readKoboldcppCommand,
  settings: koboldcppSettings,
  metrics: koboldcppMetrics,
  attach: {
    path: '/api/extra/version',
    usualAddress: 'http://127.0.0.1:5001',
    recognise: body => /"result"\s*:\s*"KoboldCpp"/.test(body),
  },
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'native' },
      'json-schema': { support: 'native', why: 'By a grammar that it makes of the schema.' },
      tools: { support: 'native', why: 'Best with the template of the model switched on.' },
      logprobs: { support: 'native', why: 'When the request asks for them.' },
      embeddings: { support: 'native', why: 'With an embedding model beside the chat model.' },
      vision: { support: 'native', why: 'With the projector file of the model.' },
      'list-models': { support: 'native' },
    },
    source: 'https://lite.koboldai.net/koboldcpp_api',
  },
  pins: ['release number', 'sha256 of the one file', 'sha256 of the GGUF'],
})

function render(request: RenderRequest): string[] {
  const { kvQuantisation } = request
  return [
    ...['koboldcpp', '--skiplauncher', '--model', request.model.path ?? `${request.model.id}:${request.model.artifact}`],
    ...['--host', '127.0.0.1', '--port', String(request.port), '--contextsize', String(request.contextTokens)],
    ...(request.threads === null ? [] : ['--threads', String(request.threads)]),
    ...(request.gpuLayers === null ? [] : ['--gpulayers', String(request.gpuLayers)]),
    ...(request.tensorSplit ? ['--tensor_split', ...request.tensorSplit.map(String)] : []),
    ...(request.projector ? ['--mmproj', request.projector] : []),
    ...(kvQuantisation === 'q8_0' ? ['--quantkv', '1'] : kvQuantisation === 'q4_0' ? ['--quantkv', '2'] : []),
  ]
}
