import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { can, cannot, judgeLinuxCuda, usableGpus } from './facts-judge'
import { matrixSource } from './facts-source'
import { defineRuntime, type RenderRequest } from './runtime'
import { vllmApi } from './vllm.api'
import { vllmBuilds } from './vllm.builds'
import { readVllmCommand } from './vllm.command'
import { vllmLaunch } from './vllm.launch'
import { vllmMetrics } from './vllm.metrics'
import { vllmSettings } from './vllm.settings'

/** ROCm targets of its wheels and images (https://docs.vllm.ai/en/latest/getting_started/installation/gpu.html). */
const rocmTargets = new Set(['gfx90a', 'gfx942', 'gfx950', 'gfx1100', 'gfx1101', 'gfx1150', 'gfx1151', 'gfx1200', 'gfx1201'])
/** Of these the ones that keep a KV cache in FP8 (https://docs.vllm.ai/en/latest/features/quantization/). */
const fp8Targets = new Set(['gfx942', 'gfx950', 'gfx1200', 'gfx1201'])

const facts: RuntimeFacts = {
  matrixSource,
  matrix: {
    throughput: { tier: 'excellent', says: 'Made for batches; with one stream its lead is smallest.' },
    concurrency: { tier: 'excellent', says: 'Throughput rises with load, up to dozens of people for each GPU.' },
    maintenance: { tier: 'limited', says: 'Driver, CUDA, Python and kernels have to move together.' },
    reproducibility: { tier: 'acceptable', says: 'Possible once four or five versions are written down.' },
    os: { tier: 'limited', says: 'Linux; on Windows inside WSL2.', now: 'A young Metal plugin exists.' },
    'lock-in': { tier: 'acceptable', says: 'Open, but few engines have such a scheduler.' },
    observability: { tier: 'strong', says: 'Prometheus metrics and structured logs from the start.' },
    'multi-gpu': { tier: 'excellent', says: 'Tensor and pipeline parallel are everyday use.' },
    speculative: { tier: 'strong', says: 'Several methods, used in production.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'excellent', says: 'A release about every week.' },
  },
  formats: ['safetensors'],
  // https://docs.vllm.ai/projects/ascend/en/latest/user_guide/support_matrix/supported_models.html
  withoutFamilies: { cann: ['Granite 4', 'Granite 4.2', 'SmolLM2'] },
  fulfils: {
    'kv-quant': 'The KV cache can be kept in FP8.',
    'multi-gpu': 'Tensor parallel puts a slice of every layer on each card.',
    headless: 'It is a server without a window.',
    speculative: 'It drafts with a small model, n-grams or trained heads.',
    'fixed-model': 'One server serves one model; its revision is pinned by commit.',
  },
  madeFor: {
    'rag-api': 'Requests of many callers share one batch, so an API keeps answering under load.',
    agents: 'Prompts that begin alike share their cache (prefix cache).',
    batch: 'A steady stream of requests is what its scheduler fills the GPU with.',
  },
  traits: [
    ...['continuous-batching', 'reserves-memory', 'restart-to-switch', 'prefix-cache', 'tensor-parallel', 'split-controls'],
    ...['prometheus', 'needs-python', 'slow-start', 'headless', 'serves-alone', 'needs-safetensors'],
  ],
  concurrency: { kind: 'batched', comfortableUsers: 64 },
  givesUp: [
    'Upkeep is heavy: driver, CUDA and Python packages have to match.',
    'The first start takes minutes, and another model means a restart.',
  ],
  // Logged for 8B models: non-torch 0.2-1.8 GiB, CUDA graphs 0.36-1.3 GiB (vllm-project/vllm PR 14447 and 10511).
  // On the CPU, measured here with 0.32.0 on one machine (2 cores, x64; resident memory of all its processes, each with PyTorch of its
  // own): 2,838 MiB with a model of 4 MB, 3,444 to 3,457 with SmolLM2 135M in BF16 in 19 runs, 257 MiB of them weights.
  memory: { overheadMiB: { cuda: 1000, rocm: 1200, cann: 1500, cpu: 2950 }, reservedShare: 0.92 },
  // 90 against 120 tok/s for one user (published: RTX 4090, Llama 3.1 8B, one rig, April 2026).
  speedFactor: { cuda: 0.75, rocm: 0.9, cann: 0.8, cpu: 0.5 },
}

/** Flags: https://docs.vllm.ai/en/latest/cli/serve.html */
export const vllm = defineRuntime({
  id: 'vllm',
  tier: 'first-class',
  title: 'vLLM',
  purpose: 'Serves many people or programs at once from server GPUs.',
  homepage: 'https://docs.vllm.ai',
  judge,
  facts,
  render,
  builds: vllmBuilds,
  launch: vllmLaunch,
  readCommand: readVllmCommand,
  settings: vllmSettings,
  api: vllmApi,
  metrics: vllmMetrics,
  securityFloor: {
    version: '0.31.0',
    why: 'Before it, a field of a request to /tokenize chose which program code to import (CVE-2026-114053).',
    source: 'https://github.com/vllm-project/vllm/security/advisories',
  },
  pins: [
    'version of vLLM and digest of its lock',
    'PyTorch and CUDA versions of the lock',
    'driver',
    'commit of the model',
    'dtype and eager or compiled',
  ],
})

function judge(machine: Machine): RuntimeVerdict {
  if (machine.os.platform === 'darwin')
    return cannot('On Macs it exists only as a young plugin; servers built on MLX do the same work there.')
  const older = 'use its wheels or container for CUDA 12'
  const nvidia = judgeLinuxCuda(machine, { capability: 7.5, driver: 580, older })
  if (nvidia) return nvidia
  if (machine.os.platform === 'win32') return cannot('It runs on Windows only inside WSL2 with an NVIDIA GPU, and none is usable here.')
  return judgeOthers(machine)
}

function judgeOthers(machine: Machine): RuntimeVerdict {
  if (usableGpus(machine, 'huawei').length > 0)
    return can(['cann'], { how: 'container', notes: ['Ascend NPUs are served by its vllm-ascend plugin.'] })
  const amd = usableGpus(machine, 'amd').filter(gpu => !gpu.integrated || gpu.memoryKind === 'unified')
  const targets = amd.flatMap(gpu => (gpu.rocmTarget !== null && rocmTargets.has(gpu.rocmTarget) ? gpu.rocmTarget : []))
  const lacks = targets.some(target => fp8Targets.has(target)) ? [] : (['kv-quant'] as const)
  if (targets.length > 0) return can(['rocm'], { how: 'container', lacks: [...lacks] })
  if (amd.length > 0) return cannot('It needs a working ROCm with a supported target, and this machine has none.')
  if (usableGpus(machine, 'intel').length > 0) return cannot('Its support for Intel GPUs is for data-centre parts.')
  const wide = machine.cpu.isa.some(each => each === 'AVX2' || each.startsWith('AVX512'))
  const memoryMiB = machine.memory.limitMiB ?? machine.memory.totalMiB
  if (machine.os.arch !== 'x64' || !wide) return cannot('Without a GPU it needs an x86-64 processor with AVX2 or AVX-512.')
  if (memoryMiB !== null && memoryMiB < 16 * 1024) return cannot('On a CPU it wants 16 GB of memory or more before it is worth starting.')
  return can(['cpu'], { notes: ['It runs on the CPU, where it is slow to start and rarely faster than a GGUF engine.'] })
}

function render(request: RenderRequest): string[] {
  const { kvQuantisation, tensorParallel, memoryShare } = request
  return [
    ...['vllm', 'serve', request.model.path ?? request.model.id, '--served-model-name', request.route],
    ...['--host', '127.0.0.1', '--port', String(request.port)],
    ...['--max-model-len', String(request.contextTokens), '--max-num-seqs', String(request.slots)],
    ...(tensorParallel > 1 ? ['--tensor-parallel-size', String(tensorParallel)] : []),
    ...(memoryShare ? ['--gpu-memory-utilization', String(memoryShare)] : []),
    ...(kvQuantisation === 'q8_0' ? ['--kv-cache-dtype', 'fp8'] : []),
  ]
}
