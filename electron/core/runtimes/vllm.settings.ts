import type { Setting } from '../../contract/runtime'
import { decimal, json, oneOf, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://docs.vllm.ai/en/latest/cli/serve.html'

const memory = settingsOf({ group: 'memory', source }, [
  {
    ...{
      id: 'gpuMemoryUtilization',
      title: 'Share of each GPU',
      flag: '--gpu-memory-utilization',
      value: decimal(0.05, 1, { default: 0.92 }),
    },
    help: 'It takes this share of the whole memory at its start and fails when less is free. Unset, Roundhouse lowers it to what is free.',
  },
  {
    ...{ id: 'kvCacheBytes', title: 'KV cache', flag: '--kv-cache-memory-bytes', value: whole(67_108_864, 2 ** 45, { unit: 'bytes' }) },
    help: 'Exact size on each device; wins over the share. On a CPU, Roundhouse sets it to what the context and slots need.',
  },
  {
    ...{ id: 'kvCacheType', title: 'Type of the KV cache', flag: '--kv-cache-dtype' },
    value: oneOf(['auto', 'bfloat16', 'fp8', 'fp8_e4m3', 'fp8_e5m2', 'int8_per_token_head', 'int4_per_token_head'], 'auto'),
    help: 'Fewer bits hold more conversations; fp8 needs compute capability 8.9, or MI300.',
  },
  {
    ...{
      id: 'cpuOffload',
      title: 'Weights in host memory',
      flag: '--cpu-offload-gb',
      value: decimal(0, 4096, { unit: 'GiB', default: 0 }),
    },
    help: 'Part of the weights that is read over the bus for each token: slow, but larger models start.',
  },
  {
    ...{ id: 'kvOffload', title: 'KV cache in host memory', flag: '--kv-offloading-size', value: decimal(0, 4096, { unit: 'GiB' }) },
    help: 'Conversations that left the GPU are kept here instead of being computed again.',
  },
  {
    ...{ id: 'sleepMode', title: 'Sleep mode', flag: '--enable-sleep-mode', value: toggle(false, '--no-enable-sleep-mode') },
    help: 'Lets it give up the memory of the GPU while it stays started (CUDA and ROCm).',
  },
])

const speed = settingsOf({ group: 'speed', source }, [
  {
    ...{ id: 'tensorParallel', title: 'GPUs that share each layer', flag: '--tensor-parallel-size', value: whole(1, 64, { unit: 'GPUs' }) },
    help: 'Unset, Roundhouse takes as many equal cards as the weights need.',
  },
  {
    ...{ id: 'pipelineParallel', title: 'GPUs that take layers in turn', flag: '--pipeline-parallel-size' },
    ...{ value: whole(1, 64, { unit: 'GPUs', default: 1 }), help: 'For cards without a fast link, or when heads cannot be divided.' },
  },
  {
    ...{
      id: 'batchedTokens',
      title: 'Tokens of one step',
      flag: '--max-num-batched-tokens',
      value: whole(64, 1_048_576, { unit: 'tokens' }),
    },
    help: 'More reads prompts faster, fewer keeps answers even while prompts are read.',
  },
  {
    ...{ id: 'eager', title: 'No compilation', flag: '--enforce-eager', value: toggle(false, '--no-enforce-eager') },
    help: 'Starts in seconds instead of minutes and needs less memory; decodes slower on a GPU. On a CPU it is on unless you switch it off.',
  },
  {
    ...{ id: 'optimisation', title: 'Optimisation level', flag: '--optimization-level', value: oneOf(['0', '1', '2', '3'], '2') },
    help: 'Higher levels start slower and run faster.',
  },
  {
    ...{ id: 'prefixCache', title: 'Prefix cache', flag: '--enable-prefix-caching', value: toggle(true, '--no-enable-prefix-caching') },
    help: 'Prompts that begin alike are computed once.',
  },
  {
    ...{
      id: 'chunkedPrefill',
      title: 'Prompts in chunks',
      flag: '--enable-chunked-prefill',
      value: toggle(true, '--no-enable-chunked-prefill'),
    },
    help: 'Long prompts are read between the tokens of others instead of before them.',
  },
  {
    ...{ id: 'speculative', title: 'Speculative decoding', flag: '--speculative-config', value: json() },
    help: 'JSON, such as {"method": "ngram", "num_speculative_tokens": 4, "prompt_lookup_max": 4}.',
  },
  {
    ...{ id: 'attention', title: 'Attention backend', flag: '--attention-backend', value: words() },
    help: 'Such as FLASH_ATTN, FLASHINFER or TRITON_ATTN; unset, it takes the best one for the card.',
  },
])

const serving = settingsOf({ group: 'serving', source }, [
  {
    ...{ id: 'queue', title: 'Longest queue', flag: '--max-num-queued-reqs', value: whole(0, 100_000, { unit: 'requests' }) },
    help: 'Requests beyond it are refused instead of waiting.',
  },
  {
    ...{ id: 'tools', title: 'Tool calls', flag: '--enable-auto-tool-choice', value: toggle(false, '--no-enable-auto-tool-choice') },
    help: 'Lets the model decide to call tools; needs the parser below. Unset, Roundhouse switches it on for models whose format it knows.',
  },
  {
    ...{ id: 'toolParser', title: 'Format of tool calls', flag: '--tool-call-parser', value: words() },
    help: 'Name of the parser for the model: hermes, llama3_json, mistral, qwen3_coder, openai and others.',
  },
  {
    ...{ id: 'reasoningParser', title: 'Format of thoughts', flag: '--reasoning-parser', value: words() },
    help: 'Name of the parser that separates thinking from the answer: qwen3, deepseek_r1, openai_gptoss and others.',
  },
  {
    ...{ id: 'chatTemplateValues', title: 'Values for the template', flag: '--default-chat-template-kwargs', value: json() },
    help: 'A JSON object, such as {"enable_thinking": false}.',
  },
  {
    ...{ id: 'seed', title: 'Seed', flag: '--seed', value: whole(0, 2 ** 31 - 1) },
    help: 'Base of its random numbers for requests that bring none.',
  },
  {
    ...{
      id: 'shutdownTimeout',
      title: 'Time to finish when stopped',
      flag: '--shutdown-timeout',
      value: whole(0, 600, { unit: 's', default: 0 }),
    },
    help: '0 breaks off what is being answered.',
  },
])

const models = settingsOf({ group: 'models', source }, [
  {
    ...{ id: 'dtype', title: 'Type of the weights', flag: '--dtype', value: oneOf(['auto', 'bfloat16', 'float16', 'float32'], 'auto') },
    help: 'auto takes what the model was saved in. float32 gives the same answers again more often, at half the speed.',
  },
  {
    ...{ id: 'quantisation', title: 'Quantisation', flag: '--quantization', value: words() },
    help: 'Unset, it reads it from the model. fp8 and others quantise while loading.',
  },
  {
    ...{ id: 'languageOnly', title: 'Text only', flag: '--language-model-only', value: toggle(false, '--no-language-model-only') },
    help: 'Leaves the picture and sound part of a multimodal model out of the memory.',
  },
])

const logging = settingsOf({ group: 'logging', source }, [
  {
    ...{ id: 'logRequests', title: 'Log requests', flag: '--enable-log-requests', value: toggle(false, '--no-enable-log-requests') },
    help: 'Writes the parameters of each request to the log.',
  },
  {
    ...{
      id: 'logLevel',
      title: 'Log level',
      environment: 'VLLM_LOGGING_LEVEL',
      value: oneOf(['DEBUG', 'INFO', 'WARNING', 'ERROR'], 'INFO'),
    },
    help: 'Below INFO the steps of a start are no longer seen.',
  },
])

/** What a person may set about vLLM beyond context, slots, threads, KV type and port. */
export const vllmSettings: readonly Setting[] = [...memory, ...speed, ...serving, ...models, ...logging]
