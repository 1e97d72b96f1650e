import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { bestComputeCapability, can, cannot, lacksOfFp8Cache, oldDriverFor, usableGpus } from './facts-judge'
import { ownJudgement } from './facts-source'
import { tensorrtLlmBuilds } from './tensorrt-llm.builds'
import { tensorrtLlmLaunch, tensorrtLlmSettings } from './tensorrt-llm.launch'
import { tensorrtLlmMetrics } from './tensorrt-llm.metrics'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'excellent', says: 'The highest ceiling on NVIDIA hardware, once tuned.' },
    concurrency: { tier: 'excellent', says: 'In-flight batching over dozens of streams.' },
    maintenance: { tier: 'limited', says: 'Containers of tens of gigabytes, tied to the driver.' },
    reproducibility: { tier: 'acceptable', says: 'Image digest, settings file and model revision.' },
    os: { tier: 'limited', says: 'Linux with NVIDIA server GPUs.' },
    'lock-in': { tier: 'limited', says: 'One vendor, tuned to one model and card.' },
    observability: { tier: 'acceptable', says: 'Metrics after switching them on.' },
    'multi-gpu': { tier: 'excellent', says: 'Tensor, pipeline and expert parallel.' },
    speculative: { tier: 'strong', says: 'Several methods by settings file.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'acceptable', says: 'A release every month or two.' },
  },
  formats: ['safetensors'],
  fulfils: {
    'kv-quant': 'The KV cache can be kept in FP8.',
    'multi-gpu': 'Tensor parallel over NVLink or PCIe.',
    headless: 'It is a server in a container.',
    speculative: 'By settings file.',
    'fixed-model': 'It rewards a model that stays: settings tuned for it once hold for months.',
  },
  madeFor: { batch: 'Tuned to one model and card it has the highest throughput.', 'rag-api': 'Requests of many callers share one batch.' },
  traits: [
    ...[
      'continuous-batching',
      'reserves-memory',
      'restart-to-switch',
      'tuned-per-model',
      'tensor-parallel',
      'prefix-cache',
      'split-controls',
    ],
    ...['needs-container', 'slow-start', 'headless', 'serves-alone', 'needs-safetensors'],
  ],
  concurrency: { kind: 'batched', comfortableUsers: 128 },
  givesUp: [
    'Every change of model costs engine build or tuning time: half an hour or more where an engine is compiled.',
    'Its containers are tens of gigabytes and tied to the driver; it has no key of its own.',
  ],
  memory: { overheadMiB: { cuda: 2500 }, reservedShare: 0.9 },
  speedFactor: { cuda: 0.9 },
}

/** Flags: https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve.html */
export const tensorrtLlm = defineRuntime({
  id: 'tensorrt-llm',
  title: 'TensorRT-LLM',
  purpose: 'Gets the last percent out of NVIDIA servers for a model that stays.',
  homepage: 'https://nvidia.github.io/TensorRT-LLM',
  judge,
  facts,
  render: request => [
    ...['trtllm-serve', request.model.path ?? request.model.id, '--host', 'localhost', '--port', String(request.port)],
    ...['--max_seq_len', String(request.contextTokens), '--max_batch_size', String(request.slots)],
    ...(request.tensorParallel > 1 ? ['--tp_size', String(request.tensorParallel)] : []),
    ...['--kv_cache_free_gpu_memory_fraction', '0.9'],
  ],
  builds: tensorrtLlmBuilds,
  launch: tensorrtLlmLaunch,
  metrics: tensorrtLlmMetrics,
  settings: tensorrtLlmSettings,
  api: {
    features: {
      chat: { support: 'native' },
      'stream-usage': { support: 'native' },
      completions: { support: 'native' },
      'stop-sequences': { support: 'native' },
      'max-tokens': { support: 'native' },
      seed: { support: 'native' },
      'json-schema': { support: 'native' },
      tools: { support: 'native', why: 'With a parser that is named at start.' },
      logprobs: { support: 'native' },
      embeddings: { support: 'refused', why: 'It is another command of it, not this server.' },
      vision: { support: 'native', why: 'With the models that its documentation names.' },
      'list-models': { support: 'native' },
    },
    source: 'https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve.html',
  },
  pins: ['digest of the image', 'version of the driver', 'commit of the model repository'],
})

function judge(machine: Machine): RuntimeVerdict {
  if (machine.os.platform !== 'linux') return cannot('It runs on Linux only.')
  if (usableGpus(machine, 'nvidia').length === 0) return cannot('It runs on NVIDIA GPUs only.')
  const old = oldDriverFor(machine)
  if (old !== null) return cannot(old)
  const capability = bestComputeCapability(machine)
  if (capability !== null && capability < 8)
    return cannot(`It needs compute capability 8.0 or newer; the best card here has ${capability}.`)
  const notes = ['It comes as a container whose version has to match the driver.']
  return can(['cuda'], { how: 'container', notes, lacks: lacksOfFp8Cache(capability) })
}
