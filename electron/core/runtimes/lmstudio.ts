import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { can, cannot, isAppleSilicon, usableGpus } from './facts-judge'
import { matrixSource } from './facts-source'
import { lmstudioBuilds } from './lmstudio.builds'
import { lmstudioLaunch } from './lmstudio.launch'
import { lmstudioMetrics } from './lmstudio.metrics'
import { lmstudioSettings } from './lmstudio.settings'
import { lmstudioStore } from './lmstudio.store'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource,
  matrix: {
    throughput: { tier: 'strong', says: "Its engines' own speed, with a window around them.", now: 'Two engines: llama.cpp and MLX.' },
    concurrency: { tier: 'limited', says: 'A personal app first.', now: 'Four parallel predictions by default.' },
    maintenance: { tier: 'excellent', says: 'The app looks after itself.', now: 'Engine updates have broken models: pin them.' },
    reproducibility: { tier: 'limited', says: 'App, engine and file have to be written down by hand.' },
    os: { tier: 'strong', says: 'Three desktops, with a screen.', now: 'A daemon without a window since 0.4.' },
    'lock-in': { tier: 'acceptable', says: 'A closed window over open file formats.' },
    observability: { tier: 'limited', says: 'A view of the log.', now: 'The log can be streamed on the command line.' },
    'multi-gpu': { tier: 'limited', says: 'Possible, rarely used.' },
    speculative: { tier: 'limited', says: 'Was missing when the comparison was made.', now: 'Offered now.' },
    edge: { tier: null, says: 'Does not apply: a desktop app.' },
    cadence: { tier: 'strong', says: "By its maker's calendar." },
  },
  formats: ['gguf', 'mlx'],
  formatNeeds: { mlx: ['metal'] },
  fulfils: {
    'exact-quant': 'Any GGUF in its folder can be loaded.',
    'multi-gpu': 'It spreads a model over several GPUs, evenly or in an order of priority.',
    'swap-models': 'It loads the model that a request names and evicts the last one.',
    'fixed-model': 'Engine and file can be pinned by hand.',
    headless: 'Its daemon needs no window.',
    speculative: 'A draft model can be set for each load.',
  },
  madeFor: { chat: 'It is a chat window with a model browser.' },
  traits: ['desktop-window', 'self-updating', 'lazy-memory', 'loads-by-name', 'partial-offload', 'closed-source', 'prefix-cache'],
  concurrency: { kind: 'slots', comfortableUsers: 3 },
  givesUp: ['It is closed source, and updates of its engines happen behind your back unless pinned.'],
  memory: { overheadMiB: { cuda: 400, rocm: 450, vulkan: 350, metal: 300, cpu: 250 }, reservedShare: null },
  speedFactor: { cuda: 0.97, rocm: 0.97, vulkan: 0.97, metal: 0.97, cpu: 0.9 },
}

/** Command line: https://lmstudio.ai/docs/cli */
export const lmstudio = defineRuntime({
  id: 'lmstudio',
  tier: 'first-class',
  title: 'LM Studio',
  purpose: 'A desktop window for finding, loading and trying models, with a server behind it.',
  homepage: 'https://lmstudio.ai',
  judge,
  facts,
  render: request => [
    ...['lms', 'load', request.model.id, '--identifier', request.route, '-c', String(request.contextTokens)],
    ...(request.slots > 1 ? ['--parallel', String(request.slots)] : []),
    ...['--gpu', request.gpuLayers === 0 ? 'off' : 'max', '-y'],
  ],
  builds: lmstudioBuilds,
  stores: [lmstudioStore],
  launch: lmstudioLaunch,
  metrics: lmstudioMetrics,
  settings: lmstudioSettings,
  attach: {
    path: '/api/v1/models',
    usualAddress: 'http://127.0.0.1:1234',
    recognise: body => /"models"\s*:\s*\[/.test(body) && /"loaded_instances"|"max_context_length"/.test(body),
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
      tools: { support: 'native', why: 'Best with models that its window marks as trained for tools.' },
      logprobs: { support: 'ignored', why: 'Its documentation does not name the field.' },
      embeddings: { support: 'native', why: 'With an embedding model.' },
      vision: { support: 'native', why: 'With a model that sees.' },
      'list-models': { support: 'native', why: 'Everything that is downloaded, unless loading by request is switched off.' },
    },
    source: 'https://lmstudio.ai/docs/developer/openai-compat',
  },
  securityFloor: {
    version: '0.4.22+1',
    why: 'A file name of a model repository could write outside the models folder and plant a plugin (CVE-2026-119979).',
    source: 'https://www.cve.org/CVERecord?id=CVE-2026-119979',
  },
  pins: ['version of the app', 'versions of its engines (lms runtime ls)', 'sha256 of the file'],
  doctor: {
    commands: [
      ['version'],
      ['daemon', 'status', '--json'],
      ['server', 'status', '--json', '--quiet'],
      ['ls', '--json'],
      ['ps', '--json'],
      ['runtime', 'ls', '--json'],
      ['load', '--help'],
      ['import', '--help'],
      ['log', 'stream', '--help'],
    ],
    requests: ['/lmstudio-greeting', '/v1/models', '/api/v0/models', '/api/v1/models'],
    address: 'http://127.0.0.1:1234',
  },
})

function judge(machine: Machine): RuntimeVerdict {
  if (machine.os.platform === 'darwin') return isAppleSilicon(machine) ? can(['metal', 'cpu']) : cannot('On Macs it needs Apple silicon.')
  if (machine.os.platform === 'linux' && machine.os.libc === 'musl') return cannot('It needs a Linux with glibc.')
  if (machine.os.arch === 'x64' && machine.cpu.isa.length > 0 && !machine.cpu.isa.includes('AVX2'))
    return cannot('It needs a processor with AVX2.')
  if (machine.os.container !== null) return cannot('It is an app with a window, and this is a container.')
  const nvidia = usableGpus(machine, 'nvidia').length > 0 ? ['cuda'] : []
  const others = usableGpus(machine).some(gpu => gpu.vulkan !== false && gpu.vendor !== 'huawei') ? ['vulkan'] : []
  return can([...nvidia, ...others, 'cpu'])
}
