import type { Setting } from '../../contract/runtime'
import { decimal, json, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/server.py'

/** What a person may set about mlx_lm's server beyond slots, KV type and port. It has no setting for the length of the context. */
export const mlxSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'promptCacheEntries', title: 'Conversations kept', flag: '--prompt-cache-size', value: whole(0, 1024, { default: 10 }) },
      help: 'How many KV caches of earlier prompts stay in memory.',
    },
    {
      ...{ id: 'promptCacheBytes', title: 'Memory for kept conversations', flag: '--prompt-cache-bytes' },
      ...{
        value: whole(1_048_576, 2 ** 44, { unit: 'bytes' }),
        help: 'The oldest are dropped beyond it; unset, only their number counts.',
      },
    },
    {
      ...{ id: 'kvGroup', title: 'Group of the quantised cache', flag: '--kv-group-size', value: whole(32, 128, { default: 64 }) },
      help: 'Values that share a scale when the KV cache is quantised: 32, 64 or 128.',
    },
    {
      ...{ id: 'kvQuantisedFrom', title: 'First token that is quantised', flag: '--quantized-kv-start' },
      ...{ value: whole(0, 1_048_576, { unit: 'tokens', default: 5000 }), help: 'The beginning of a conversation stays exact.' },
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'promptConcurrency', title: 'Prompts at once', flag: '--prompt-concurrency', value: whole(1, 256, { default: 8 }) },
      help: 'How many prompts are read together.',
    },
    {
      ...{ id: 'decodeConcurrency', title: 'Answers at once', flag: '--decode-concurrency', value: whole(1, 256, { default: 32 }) },
      help: 'How many answers are written in one batch. Unset, as many as there are slots.',
    },
    {
      ...{ id: 'prefillStep', title: 'Prompt tokens of one step', flag: '--prefill-step-size' },
      ...{
        value: whole(32, 65_536, { unit: 'tokens', default: 2048 }),
        help: 'Smaller steps take less memory while long prompts are read.',
      },
    },
    {
      ...{ id: 'draftModel', title: 'Draft model', flag: '--draft-model', value: words() },
      help: 'Folder of a small model of the same family that guesses ahead; switches batching off.',
    },
    {
      ...{
        id: 'draftTokens',
        title: 'Tokens guessed ahead',
        flag: '--num-draft-tokens',
        value: whole(1, 32, { unit: 'tokens', default: 3 }),
      },
      help: 'More help on text that is easy to guess.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{ id: 'maxTokens', title: 'Longest answer', flag: '--max-tokens', value: whole(1, 1_048_576, { unit: 'tokens', default: 512 }) },
      help: 'For requests that name no limit. Unset, Roundhouse gives it the length of the context, 8192 at most.',
    },
    {
      ...{ id: 'temperature', title: 'Temperature', flag: '--temp', value: decimal(0, 4, { default: 0 }) },
      help: 'For requests that name none.',
    },
    { ...{ id: 'topP', title: 'Top-p', flag: '--top-p', value: decimal(0.01, 1, { default: 1 }) }, help: 'For requests that name none.' },
    {
      ...{ id: 'topK', title: 'Top-k', flag: '--top-k', value: whole(0, 1000, { default: 0 }) },
      help: 'For requests that name none; 0 is off.',
    },
    {
      ...{ id: 'minP', title: 'Min-p', flag: '--min-p', value: decimal(0, 1, { default: 0 }) },
      help: 'For requests that name none; 0 is off.',
    },
    {
      ...{ id: 'chatTemplateValues', title: 'Values for the template', flag: '--chat-template-args', value: json() },
      help: 'A JSON object, such as {"enable_thinking": false}.',
    },
    {
      ...{ id: 'defaultTemplate', title: 'Default chat template', flag: '--use-default-chat-template', value: toggle(false) },
      help: 'For models that bring none.',
    },
  ]),
  ...settingsOf({ group: 'models', source }, [
    {
      ...{ id: 'adapter', title: 'Adapter', flag: '--adapter-path', value: words() },
      help: 'Folder of a LoRA adapter that was trained with mlx_lm.',
    },
  ]),
]
