import type { Setting } from '../../contract/runtime'
import { decimal, oneOf, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html'

/** What a person may set about LMDeploy beyond context, slots, KV type and port. */
export const lmdeploySettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{
        id: 'cacheShare',
        title: 'Share of the free memory',
        flag: '--cache-max-entry-count',
        value: decimal(0.01, 0.98, { default: 0.8 }),
      },
      help: 'Part of what is free after the weights that the KV cache takes.',
    },
    {
      ...{
        id: 'cacheBlock',
        title: 'Block of the cache',
        flag: '--cache-block-seq-len',
        value: whole(16, 1024, { unit: 'tokens', default: 64 }),
      },
      help: 'Tokens that are kept together.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'backend', title: 'Engine', flag: '--backend', value: oneOf(['turbomind', 'pytorch']) },
      help: 'turbomind is faster for the models that it has; pytorch has more models.',
    },
    {
      ...{ id: 'tensorParallel', title: 'GPUs that share each layer', flag: '--tp', value: whole(1, 64, { unit: 'GPUs' }) },
      help: 'Unset, Roundhouse takes as many equal cards as the weights need.',
    },
    {
      ...{
        id: 'prefillTokens',
        title: 'Prompt tokens of one step',
        flag: '--max-prefill-token-num',
        value: whole(128, 1_048_576, { unit: 'tokens', default: 8192 }),
      },
      help: 'Longer prompts are read in parts.',
    },
    {
      ...{ id: 'eager', title: 'No graphs', flag: '--eager-mode', value: toggle(false) },
      help: 'Starts sooner and runs slower; of the pytorch engine.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{ id: 'queue', title: 'Requests at once', flag: '--max-concurrent-requests', value: whole(1, 100_000, { unit: 'requests' }) },
      help: 'Requests beyond it are refused.',
    },
    {
      ...{ id: 'chatTemplate', title: 'Chat template', flag: '--chat-template', value: words() },
      help: 'Name of a built-in template, or a file.',
    },
    {
      ...{ id: 'toolParser', title: 'Format of tool calls', flag: '--tool-call-parser', value: words() },
      help: 'Parser for the model, such as qwen2d5 or llama3.',
    },
    {
      ...{ id: 'reasoningParser', title: 'Format of thoughts', flag: '--reasoning-parser', value: words() },
      help: 'Parser that separates thinking from the answer.',
    },
  ]),
  ...settingsOf({ group: 'models', source }, [
    {
      ...{ id: 'dtype', title: 'Type of the weights', flag: '--dtype', value: oneOf(['auto', 'float16', 'bfloat16'], 'auto') },
      help: 'auto takes what the model was saved in.',
    },
    {
      ...{
        id: 'modelFormat',
        title: 'Format of the weights',
        flag: '--model-format',
        value: oneOf(['hf', 'awq', 'gptq', 'compressed-tensors', 'fp8', 'mxfp4']),
      },
      help: 'Unset, it reads it from the model.',
    },
  ]),
  ...settingsOf({ group: 'logging', source }, [
    {
      ...{ id: 'logLevel', title: 'Log level', flag: '--log-level', value: oneOf(['DEBUG', 'INFO', 'WARNING', 'ERROR'], 'WARNING') },
      help: 'Roundhouse sets INFO, to see the steps of a start.',
    },
  ]),
]
