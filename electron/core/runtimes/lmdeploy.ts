import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RuntimeFacts } from './facts'
import { bestComputeCapability, can, cannot, oldDriverFor, usableGpus } from './facts-judge'
import { ownJudgement } from './facts-source'
import { defineRuntime } from './runtime'
import { lmdeployApi } from './lmdeploy.api'
import { lmdeployBuilds } from './lmdeploy.builds'
import { readLmdeployCommand } from './lmdeploy.command'
import { lmdeployLaunch } from './lmdeploy.launch'
import { lmdeployMetrics } from './lmdeploy.metrics'
import { lmdeploySettings } from './lmdeploy.settings'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {
    throughput: { tier: 'strong', says: 'Fast kernels for AWQ, GPTQ and FP8.' },
    concurrency: { tier: 'strong', says: 'Batches persistently, a step behind the largest servers in features.' },
    maintenance: { tier: 'limited', says: 'Python, CUDA or Ascend drivers move together.' },
    reproducibility: { tier: 'acceptable', says: 'Package version and model revision.' },
    os: { tier: 'acceptable', says: 'Linux, and Windows with NVIDIA.' },
    'lock-in': { tier: 'acceptable', says: 'Standard model files.' },
    observability: { tier: 'strong', says: 'Prometheus metrics are on.' },
    'multi-gpu': { tier: 'strong', says: 'Tensor, data and expert parallel.' },
    speculative: { tier: 'acceptable', says: 'By flag, for some models.' },
    edge: { tier: null, says: 'Does not apply: it is a server.' },
    cadence: { tier: 'strong', says: 'Monthly.' },
  },
  formats: ['safetensors'],
  // https://lmdeploy.readthedocs.io/en/latest/supported_models/supported_models.html; of Gemma lmdeploy/pytorch/models has 1 to 3.
  withoutFamilies: { any: ['Granite 4', 'Granite 4.2', 'SmolLM2', 'Gemma 4'] },
  fulfils: {
    'kv-quant': 'The KV cache can be kept in 4 or 8 bits.',
    'multi-gpu': 'Tensor parallel puts a slice of every layer on each card.',
    headless: 'It is a server without a window.',
    speculative: 'By flag, with a draft model.',
    'fixed-model': 'One server serves one model.',
  },
  madeFor: { 'rag-api': 'Requests of many callers share one batch.', batch: 'A steady stream of requests keeps its batch full.' },
  traits: [
    ...['continuous-batching', 'reserves-memory', 'restart-to-switch', 'tensor-parallel', 'split-controls', 'prometheus', 'npu-server'],
    ...['needs-python', 'slow-start', 'headless', 'serves-alone', 'needs-safetensors'],
  ],
  concurrency: { kind: 'batched', comfortableUsers: 48 },
  givesUp: [
    'It listens on every address unless told otherwise.',
    'Its prefix cache is off by default, and its circle of users is smaller.',
  ],
  memory: { overheadMiB: { cuda: 1000, cann: 1500 }, reservedShare: 0.88 },
  speedFactor: { cuda: 0.85, cann: 0.9 },
}

/** Flags: https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html */
export const lmdeploy = defineRuntime({
  id: 'lmdeploy',
  title: 'LMDeploy',
  purpose: 'Serves quantised models on NVIDIA cards and on Ascend NPUs.',
  homepage: 'https://lmdeploy.readthedocs.io',
  judge,
  facts,
  render: request => [
    ...['lmdeploy', 'serve', 'api_server', request.model.path ?? request.model.id, '--model-name', request.route],
    ...['--server-name', '127.0.0.1', '--server-port', String(request.port), '--session-len', String(request.contextTokens)],
    ...['--max-batch-size', String(request.slots), '--enable-prefix-caching'],
    ...(request.backend === 'cann' ? ['--backend', 'pytorch', '--device', 'ascend'] : []),
    ...(request.tensorParallel > 1 ? ['--tp', String(request.tensorParallel)] : []),
    ...(request.kvQuantisation === 'q8_0' ? ['--quant-policy', '8'] : []),
    ...(request.kvQuantisation === 'q4_0' ? ['--quant-policy', '4'] : []),
  ],
  builds: lmdeployBuilds,
  launch: lmdeployLaunch,
  readCommand: readLmdeployCommand,
  settings: lmdeploySettings,
  api: lmdeployApi,
  metrics: lmdeployMetrics,
  pins: ['version of LMDeploy and digest of its lock', 'engine (turbomind or pytorch)', 'driver', 'commit of the model'],
})

function judge(machine: Machine): RuntimeVerdict {
  if (usableGpus(machine, 'huawei').length > 0)
    return can(['cann'], { how: 'container', notes: ['Ascend NPUs are served by its PyTorch engine in a container.'] })
  if (machine.os.platform === 'darwin') return cannot('It does not run on Macs.')
  if (usableGpus(machine, 'nvidia').length === 0) return cannot('It needs an NVIDIA GPU or an Ascend NPU.')
  const old = oldDriverFor(machine)
  if (old !== null) return cannot(old)
  const capability = bestComputeCapability(machine)
  return capability !== null && capability < 7
    ? cannot(`It needs compute capability 7.0 or newer; the best card here has ${capability}.`)
    : can(['cuda'])
}
