import type { Setting } from '../../contract/runtime'
import { settingsOf, toggle, whole, words } from './setting-values'

/** `serve` has no flags: all of it is environment (envconfig/config.go of ollama/ollama). */
const source = 'https://docs.ollama.com/faq'

const memory = settingsOf({ group: 'memory', source }, [
  {
    ...{ id: 'gpuOverhead', title: 'Memory left free on each GPU', environment: 'OLLAMA_GPU_OVERHEAD' },
    ...{ help: 'Bytes that it does not use.', value: whole(0, 274_877_906_944, { unit: 'bytes', default: 0 }) },
  },
])

const speed = settingsOf({ group: 'speed', source }, [
  {
    ...{ id: 'flashAttention', title: 'Flash attention', environment: 'OLLAMA_FLASH_ATTENTION', value: toggle(false) },
    help: 'Less memory for long contexts; a quantised KV cache needs it. Some models have it on by themselves.',
  },
  {
    ...{ id: 'spread', title: 'Spread over all GPUs', environment: 'OLLAMA_SCHED_SPREAD', value: toggle(false) },
    help: 'Uses every GPU even where one is enough.',
  },
  {
    ...{ id: 'vulkan', title: 'Vulkan', environment: 'OLLAMA_VULKAN', value: toggle(true) },
    help: 'GPUs without CUDA or ROCm are used by Vulkan.',
  },
  {
    ...{ id: 'integratedGpu', title: 'Integrated GPU', environment: 'OLLAMA_IGPU_ENABLE', value: toggle(false) },
    help: 'Also uses the GPU inside the processor.',
  },
  {
    ...{ id: 'library', title: 'Compute library', environment: 'OLLAMA_LLM_LIBRARY', value: words() },
    help: 'Name of the library that is used instead of the one that it finds, such as cuda_v12 or cpu_avx2.',
  },
])

const serving = settingsOf({ group: 'serving', source }, [
  {
    ...{
      id: 'queue',
      title: 'Longest queue',
      environment: 'OLLAMA_MAX_QUEUE',
      value: whole(1, 65_536, { unit: 'requests', default: 512 }),
    },
    help: 'Requests beyond it are refused with status 503.',
  },
  {
    ...{ id: 'loadTimeout', title: 'Longest load', environment: 'OLLAMA_LOAD_TIMEOUT', value: words('5m') },
    help: 'A load that makes no progress for so long is given up.',
  },
])

const logging = settingsOf({ group: 'logging', source }, [
  {
    ...{ id: 'debug', title: 'Detailed log', environment: 'OLLAMA_DEBUG', value: toggle(false) },
    help: 'Tells how memory was shared out.',
  },
])

/** What a person may set about a server that Roundhouse starts; one that runs already keeps its own. */
export const ollamaSettings: readonly Setting[] = [...memory, ...speed, ...serving, ...logging]
