import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { can, cannot, judgeLinuxCuda, usableGpus } from './facts-judge'
import { ownJudgement } from './facts-source'
import { defineRuntime, type RenderRequest } from './runtime'
import { sglangApi } from './sglang.api'
import { sglangBuilds } from './sglang.builds'
import { readSglangCommand } from './sglang.command'
import { sglangLaunch } from './sglang.launch'
import { sglangMetrics } from './sglang.metrics'
import { sglangSettings } from './sglang.settings'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'excellent', says: 'In the same class as the fastest batch servers.' },
    concurrency: { tier: 'excellent', says: 'Batches continuously and schedules by shared prefix.' },
    maintenance: { tier: 'limited', says: 'CUDA 13, kernels and Python move together.' },
    reproducibility: { tier: 'acceptable', says: 'Image digest and model revision have to be pinned.' },
    os: { tier: 'limited', says: 'Linux; on Windows inside WSL2.' },
    'lock-in': { tier: 'acceptable', says: 'Open, standard model files.' },
    observability: { tier: 'strong', says: 'Prometheus metrics with one flag.' },
    'multi-gpu': { tier: 'excellent', says: 'Tensor, pipeline, data and expert parallel.' },
    speculative: { tier: 'strong', says: 'EAGLE, multi-token prediction and n-grams.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'excellent', says: 'Releases every week or two.' },
  },
  formats: ['safetensors'],
  fulfils: {
    'kv-quant': 'The KV cache can be kept in FP8.',
    'multi-gpu': 'Tensor parallel puts a slice of every layer on each card.',
    headless: 'It is a server without a window.',
    speculative: 'It drafts with EAGLE heads, a small model or n-grams.',
    'fixed-model': 'One server serves one model; its revision is pinned by commit.',
  },
  madeFor: {
    agents: 'Its cache is a tree of prefixes: long instructions that many calls share are computed once.',
    'rag-api': 'Requests of many callers share one batch.',
    batch: 'A steady stream of requests keeps its batch full.',
  },
  traits: [
    ...['continuous-batching', 'reserves-memory', 'restart-to-switch', 'prefix-cache', 'prefix-tree', 'tensor-parallel', 'split-controls'],
    ...['prometheus', 'needs-python', 'slow-start', 'headless', 'serves-alone', 'needs-safetensors'],
  ],
  concurrency: { kind: 'batched', comfortableUsers: 64 },
  givesUp: ['Upkeep is heavy: it follows the newest CUDA closely.', 'The first start compiles kernels, and another model means a restart.'],
  memory: { overheadMiB: { cuda: 1500, rocm: 1500, cpu: 1500 }, reservedShare: 0.9 },
  speedFactor: { cuda: 0.75, rocm: 0.85, cpu: 0.5 },
}

/** Flags: https://docs.sglang.ai/advanced_features/server_arguments.html */
export const sglang = defineRuntime({
  id: 'sglang',
  tier: 'first-class',
  title: 'SGLang',
  purpose: 'Serves agents and APIs whose prompts share long beginnings, from server GPUs.',
  homepage: 'https://docs.sglang.ai',
  judge,
  facts,
  render,
  builds: sglangBuilds,
  launch: sglangLaunch,
  readCommand: readSglangCommand,
  settings: sglangSettings,
  api: sglangApi,
  metrics: sglangMetrics,
  pins: ['version of SGLang and digest of its lock', 'PyTorch and CUDA versions of the lock', 'driver', 'commit of the model'],
})

function judge(machine: Machine): RuntimeVerdict {
  if (machine.os.platform === 'darwin')
    return cannot('On Macs it can only be built from source; servers built on MLX are the better choice.')
  const nvidia = judgeLinuxCuda(machine, { capability: 7.5, driver: 580, older: 'use its last release for CUDA 12 (0.5.19)' })
  if (nvidia) return nvidia
  const amd = usableGpus(machine, 'amd').some(gpu => gpu.rocmTarget === 'gfx942' || gpu.rocmTarget === 'gfx950')
  if (amd && machine.os.platform === 'linux') return can(['rocm'], { how: 'container' })
  if (machine.cpu.isa.includes('AMX') && machine.os.platform === 'linux' && machine.gpus.every(gpu => !gpu.usable)) return can(['cpu'])
  return cannot('It needs an NVIDIA GPU with compute capability 7.5, an AMD Instinct of the MI300 class, or a CPU with AMX.')
}

function render(request: RenderRequest): string[] {
  const { kvQuantisation, tensorParallel, memoryShare } = request
  return [
    ...['sglang', 'serve', request.model.path ?? request.model.id, '--served-model-name', request.route],
    ...['--host', '127.0.0.1', '--port', String(request.port), '--context-length', String(request.contextTokens)],
    ...['--max-running-requests', String(request.slots), '--enable-metrics'],
    ...(tensorParallel > 1 ? ['--tp-size', String(tensorParallel)] : []),
    ...(memoryShare ? ['--mem-fraction-static', String(memoryShare)] : []),
    ...(kvQuantisation === 'q8_0' ? ['--kv-cache-dtype', 'fp8_e4m3'] : []),
  ]
}
