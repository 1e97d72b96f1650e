import type { Setting } from '../../contract/runtime'
import { decimal, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://github.com/waybarrios/vllm-mlx/blob/main/vllm_mlx/cli.py'

/** What a person may set about vllm-mlx beyond slots, KV type and port. */
export const vllmMlxSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'memoryShare', title: 'Share of the memory', flag: '--gpu-memory-utilization', value: decimal(0.05, 1, { default: 0.9 }) },
      help: 'Part of what the GPU may use that it plans with.',
    },
    {
      ...{ id: 'pagedCache', title: 'Paged cache', flag: '--use-paged-cache', value: toggle(false) },
      help: 'Keeps the KV cache in pages that conversations can share.',
    },
    {
      ...{ id: 'cacheShare', title: 'Share for kept prompts', flag: '--cache-memory-percent', value: decimal(0.01, 0.9, { default: 0.2 }) },
      help: 'Part of the free memory for caches of earlier prompts.',
    },
    {
      ...{ id: 'ssdCache', title: 'Cache on the SSD', flag: '--ssd-cache-dir', value: words() },
      help: 'Folder to which caches of earlier prompts may move.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'noPrefixCache', title: 'No prefix cache', flag: '--disable-prefix-cache', value: toggle(false) },
      help: 'Prompts that begin alike are computed each time.',
    },
    {
      ...{ id: 'multiToken', title: 'Several tokens at once', flag: '--enable-mtp', value: toggle(false) },
      help: 'Multi-token prediction, for models that carry it.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{
        id: 'maxTokens',
        title: 'Longest answer',
        flag: '--max-tokens',
        value: whole(1, 1_048_576, { unit: 'tokens', default: 32_768 }),
      },
      help: 'For requests that name no limit. Unset, Roundhouse gives it the length of the context.',
    },
    {
      ...{ id: 'timeout', title: 'Longest request', flag: '--timeout', value: decimal(1, 86_400, { unit: 's', default: 300 }) },
      help: 'Requests that take longer are ended.',
    },
    {
      ...{ id: 'rateLimit', title: 'Requests a minute', flag: '--rate-limit', value: whole(0, 1_000_000, { default: 0 }) },
      help: '0 sets no limit.',
    },
    { ...{ id: 'tools', title: 'Tool calls', flag: '--enable-auto-tool-choice', value: toggle(false) }, help: 'Needs the parser below.' },
    {
      ...{ id: 'toolParser', title: 'Format of tool calls', flag: '--tool-call-parser', value: words() },
      help: 'Name of the parser for the model.',
    },
    {
      ...{ id: 'reasoningParser', title: 'Format of thoughts', flag: '--reasoning-parser', value: words() },
      help: 'Parser that separates thinking from the answer.',
    },
  ]),
]
