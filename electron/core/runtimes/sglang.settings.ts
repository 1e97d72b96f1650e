import type { Setting } from '../../contract/runtime'
import { decimal, oneOf, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://docs.sglang.ai/advanced_features/server_arguments.html'

/** What a person may set about SGLang beyond context, slots, KV type and port. */
export const sglangSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'memoryFraction', title: 'Share for weights and cache', flag: '--mem-fraction-static', value: decimal(0.05, 0.98) },
      help: 'Graphs and activations come on top. Lower it by a few hundredths when memory runs out.',
    },
    {
      ...{ id: 'kvCacheType', title: 'Type of the KV cache', flag: '--kv-cache-dtype' },
      ...{ value: oneOf(['auto', 'bfloat16', 'fp8_e5m2', 'fp8_e4m3'], 'auto'), help: 'Fewer bits hold more conversations.' },
    },
    {
      ...{
        id: 'maxTotalTokens',
        title: 'Tokens in the cache',
        flag: '--max-total-tokens',
        value: whole(128, 2 ** 31 - 1, { unit: 'tokens' }),
      },
      help: 'Size of the KV cache in tokens; unset, it takes what the share leaves.',
    },
    {
      ...{
        id: 'cpuOffload',
        title: 'Weights in host memory',
        flag: '--cpu-offload-gb',
        value: whole(0, 4096, { unit: 'GiB', default: 0 }),
      },
      help: 'Slow, but larger models start.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'tensorParallel', title: 'GPUs that share each layer', flag: '--tp-size', value: whole(1, 64, { unit: 'GPUs' }) },
      help: 'Unset, Roundhouse takes as many equal cards as the weights need.',
    },
    {
      ...{ id: 'pipelineParallel', title: 'GPUs that take layers in turn', flag: '--pp-size' },
      ...{ value: whole(1, 64, { unit: 'GPUs', default: 1 }), help: 'For cards without a fast link.' },
    },
    {
      ...{ id: 'dataParallel', title: 'Copies of the model', flag: '--dp-size', value: whole(1, 64, { default: 1 }) },
      help: 'Each copy takes its own cards and a part of the requests.',
    },
    {
      ...{ id: 'chunkedPrefill', title: 'Prompt tokens of one step', flag: '--chunked-prefill-size' },
      ...{ value: whole(-1, 1_048_576, { unit: 'tokens' }), help: 'Smaller chunks take less memory; -1 reads prompts whole.' },
    },
    {
      ...{ id: 'attention', title: 'Attention backend', flag: '--attention-backend' },
      ...{
        value: oneOf(['flashinfer', 'triton', 'fa3', 'fa4', 'torch_native']),
        help: 'Unset, it takes the best one for the card; triton runs on old ones.',
      },
    },
    {
      ...{ id: 'noRadixCache', title: 'No prefix cache', flag: '--disable-radix-cache', value: toggle(false) },
      help: 'Prompts that begin alike are computed each time.',
    },
    {
      ...{ id: 'speculative', title: 'Speculative decoding', flag: '--speculative-algorithm' },
      ...{
        value: oneOf(['EAGLE', 'EAGLE3', 'NEXTN', 'STANDALONE', 'NGRAM']),
        help: 'How tokens are guessed ahead; all but NGRAM and NEXTN need a draft model.',
      },
    },
    {
      ...{ id: 'draftModel', title: 'Draft model', flag: '--speculative-draft-model-path', value: words() },
      help: 'Folder of the model that guesses ahead.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{ id: 'queue', title: 'Longest queue', flag: '--max-queued-requests', value: whole(1, 100_000, { unit: 'requests' }) },
      help: 'Requests beyond it are refused instead of waiting.',
    },
    {
      ...{
        id: 'toolParser',
        title: 'Format of tool calls',
        flag: '--tool-call-parser',
        value: oneOf(['auto', 'qwen', 'qwen25', 'qwen3_coder', 'llama3', 'mistral', 'gpt-oss', 'glm45', 'deepseekv3', 'pythonic']),
      },
      help: 'Parser for the model; without it tool calls stay in the text.',
    },
    {
      ...{
        id: 'reasoningParser',
        title: 'Format of thoughts',
        flag: '--reasoning-parser',
        value: oneOf(['auto', 'qwen3', 'deepseek-r1', 'gpt-oss', 'glm45', 'mistral']),
      },
      help: 'Parser that separates thinking from the answer.',
    },
    {
      ...{ id: 'cacheReport', title: 'Report cached tokens', flag: '--enable-cache-report', value: toggle(false) },
      help: 'Tells with each answer how many prompt tokens came from the cache. Roundhouse switches it on.',
    },
    { ...{ id: 'seed', title: 'Seed', flag: '--random-seed', value: whole(0, 2 ** 31 - 1) }, help: 'Base of its random numbers.' },
    {
      ...{ id: 'deterministic', title: 'The same answer each time', flag: '--enable-deterministic-inference', value: toggle(false) },
      help: 'Answers no longer depend on what else is in the batch; slower.',
    },
  ]),
  ...settingsOf({ group: 'models', source }, [
    {
      ...{ id: 'dtype', title: 'Type of the weights', flag: '--dtype', value: oneOf(['auto', 'bfloat16', 'half', 'float32'], 'auto') },
      help: 'auto takes what the model was saved in; half is 16-bit floats for cards before Ampere.',
    },
    {
      ...{
        id: 'quantisation',
        title: 'Quantisation',
        flag: '--quantization',
        value: oneOf(['awq', 'fp8', 'gptq', 'awq_marlin', 'gptq_marlin', 'bitsandbytes', 'w8a8_int8', 'w8a8_fp8', 'compressed-tensors']),
      },
      help: 'Unset, it reads it from the model.',
    },
  ]),
  ...settingsOf({ group: 'logging', source }, [
    {
      ...{ id: 'logLevel', title: 'Log level', flag: '--log-level', value: oneOf(['debug', 'info', 'warning', 'error'], 'info') },
      help: 'Below info the steps of a start are no longer seen.',
    },
  ]),
]
