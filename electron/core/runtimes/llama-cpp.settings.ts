import type { Setting } from '../../contract/runtime'
import { decimal, json, oneOf, settingsOf, toggle, whole, words } from './setting-values'

const source = 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md'

/** Room for prompts that left their slot, in host memory; llama.cpp's own 8192 MiB would not be in any estimate. */
export const promptCacheMiB = 512

const memory = settingsOf({ group: 'memory', source }, [
  {
    ...{
      id: 'cacheRam',
      title: 'Prompt cache',
      flag: '--cache-ram',
      value: whole(-1, 1_048_576, { unit: 'MiB', default: promptCacheMiB }),
    },
    help: 'Host memory for prompts that left their slot. 0 switches it off, -1 lets it grow; llama-server by itself would take 8192 MiB.',
  },
  {
    ...{ id: 'kvUnified', title: 'One KV cache for all slots', flag: '--kv-unified', value: toggle(false, '--no-kv-unified') },
    help: 'Slots share the whole context instead of an equal part each; one long conversation may then starve the others.',
  },
  {
    ...{ id: 'fit', title: 'Fit to the memory', flag: '--fit', value: oneOf(['on', 'off'], 'on') },
    help: 'Lets it lower what was left open, layers on the GPU first, until the model fits.',
  },
  {
    ...{ id: 'fitMargin', title: 'Memory left free on each GPU', flag: '--fit-target' },
    ...{ help: 'Margin that fitting keeps free.', value: whole(0, 262_144, { unit: 'MiB', default: 1024 }) },
  },
  {
    ...{ id: 'kvOffload', title: 'KV cache on the GPU', flag: '--kv-offload', value: toggle(true, '--no-kv-offload') },
    help: 'Off keeps the cache in host memory: slower, but more layers fit on the GPU.',
  },
  {
    ...{ id: 'cpuMoe', title: 'All experts on the CPU', flag: '--cpu-moe', value: toggle(false) },
    help: 'Keeps the expert weights of a mixture-of-experts model in host memory, so that a big one runs beside a small GPU.',
  },
  {
    ...{
      id: 'cpuMoeLayers',
      title: 'Layers whose experts stay on the CPU',
      flag: '--n-cpu-moe',
      value: whole(0, 1024, { unit: 'layers' }),
    },
    help: 'As above, for the first layers only.',
  },
  {
    ...{ id: 'loadMode', title: 'How the file is read', flag: '--load-mode' },
    value: oneOf(['auto', 'none', 'mmap', 'mlock', 'mmap+mlock', 'dio'], 'auto'),
    help: 'mmap shares the pages with the system, mlock keeps them in memory, dio goes around the cache of the system.',
  },
  {
    ...{ id: 'swaFull', title: 'Full cache for sliding windows', flag: '--swa-full', value: toggle(false) },
    help: 'Lets prompts of sliding-window models be used again, at several times the KV memory.',
  },
])

const speed = settingsOf({ group: 'speed', source }, [
  {
    ...{ id: 'batch', title: 'Batch', flag: '--batch-size', value: whole(1, 65_536, { unit: 'tokens', default: 2048 }) },
    help: 'Most prompt tokens that are taken in one step, over all slots.',
  },
  {
    ...{ id: 'microBatch', title: 'Micro-batch', flag: '--ubatch-size', value: whole(1, 16_384, { unit: 'tokens', default: 512 }) },
    help: 'Tokens that the device computes at once. Larger reads prompts faster and takes more memory.',
  },
  {
    ...{ id: 'flashAttention', title: 'Flash attention', flag: '--flash-attn', value: oneOf(['auto', 'on', 'off'], 'auto') },
    help: 'Less memory for long contexts; a quantised KV cache needs it.',
  },
  {
    ...{ id: 'threadsBatch', title: 'Threads for prompts', flag: '--threads-batch', value: whole(1, 1024, { unit: 'threads' }) },
    help: 'Threads that read prompts; as many as write answers when it is not set.',
  },
  {
    ...{ id: 'numa', title: 'NUMA', flag: '--numa', value: oneOf(['distribute', 'isolate', 'numactl']) },
    help: 'For machines with several processors: spread over all nodes, or stay on one.',
  },
  {
    ...{ id: 'splitMode', title: 'Split over GPUs', flag: '--split-mode', value: oneOf(['none', 'layer', 'row', 'tensor'], 'layer') },
    help: 'By layers, by rows, or by tensors; none uses one GPU.',
  },
  {
    ...{ id: 'tensorSplit', title: 'Share of each GPU', flag: '--tensor-split', value: words() },
    help: 'Proportions with commas, such as 3,1 for cards of 24 and 8 GB.',
  },
  {
    ...{ id: 'mainGpu', title: 'Main GPU', flag: '--main-gpu', value: whole(0, 63, { default: 0 }) },
    help: 'The GPU that is used alone, or that holds what is not split.',
  },
  {
    ...{ id: 'devices', title: 'Devices', flag: '--device', value: words() },
    help: 'Names with commas, as --list-devices prints them; none keeps everything on the CPU.',
  },
  {
    ...{
      id: 'speculative',
      title: 'Speculative decoding',
      flag: '--spec-type',
      value: oneOf(['none', 'draft-simple', 'draft-mtp', 'ngram-simple'], 'none'),
    },
    help: 'Where the guessed tokens come from: a small draft model, the model itself, or text that was there before.',
  },
  {
    ...{ id: 'draftModel', title: 'Draft model', flag: '--spec-draft-model', value: words() },
    help: 'Path of a small GGUF of the same family that guesses ahead. Without a kind of speculative decoding it is loaded and not used.',
  },
  {
    ...{
      id: 'draftTokens',
      title: 'Tokens guessed ahead',
      flag: '--spec-draft-n-max',
      value: whole(1, 64, { unit: 'tokens', default: 3 }),
    },
    help: 'More help on text that is easy to guess and cost on text that is not.',
  },
])

const serving = settingsOf({ group: 'serving', source }, [
  {
    ...{
      id: 'cacheReuse',
      title: 'Least part of a prompt to use again',
      flag: '--cache-reuse',
      value: whole(0, 65_536, { unit: 'tokens', default: 0 }),
    },
    help: 'Moves cached parts of at least this length to where they are in a new prompt; 0 uses equal beginnings only.',
  },
  {
    ...{ id: 'contextShift', title: 'Go on beyond the context', flag: '--context-shift', value: toggle(false, '--no-context-shift') },
    help: 'Drops the oldest tokens when the context is full instead of ending the answer.',
  },
  {
    ...{ id: 'reasoning', title: 'Reasoning', flag: '--reasoning', value: oneOf(['auto', 'on', 'off'], 'auto') },
    help: 'Whether a model that can think does so before it answers.',
  },
  {
    ...{
      id: 'reasoningFormat',
      title: 'Where thoughts go',
      flag: '--reasoning-format',
      value: oneOf(['auto', 'none', 'deepseek', 'deepseek-legacy'], 'auto'),
    },
    help: 'Into a field of their own, or left in the answer.',
  },
  {
    ...{
      id: 'reasoningBudget',
      title: 'Tokens for thinking',
      flag: '--reasoning-budget',
      value: whole(-1, 1_048_576, { unit: 'tokens', default: -1 }),
    },
    help: '-1 sets no limit, 0 ends thinking at once.',
  },
  {
    ...{ id: 'jinja', title: "The model's own chat template", flag: '--jinja', value: toggle(true, '--no-jinja') },
    help: 'Off uses a built-in template, and tools stop working.',
  },
  {
    ...{ id: 'chatTemplate', title: 'Chat template', flag: '--chat-template', value: words() },
    help: 'Name of a built-in template, or a template in Jinja, in place of the one in the file.',
  },
  {
    ...{ id: 'chatTemplateValues', title: 'Values for the template', flag: '--chat-template-kwargs', value: json() },
    help: 'A JSON object, such as {"enable_thinking": false}.',
  },
  {
    ...{ id: 'embeddings', title: 'Embeddings only', flag: '--embeddings', value: toggle(false) },
    help: 'For embedding models: it answers with vectors and does not chat.',
  },
  {
    ...{ id: 'pooling', title: 'Pooling', flag: '--pooling', value: oneOf(['none', 'mean', 'cls', 'last', 'rank']) },
    help: 'How the vectors of the tokens become one; the model names its own when it is not set.',
  },
  {
    ...{ id: 'sleepAfter', title: 'Sleep when idle', flag: '--sleep-idle-seconds', value: whole(-1, 604_800, { unit: 's', default: -1 }) },
    help: 'Gives the memory back after so many idle seconds and loads again at the next request; -1 never does.',
  },
])

const models = settingsOf({ group: 'models', source }, [
  {
    ...{ id: 'projector', title: 'Picture projector', flag: '--mmproj', value: words() },
    help: 'Path of the file that lets a model see pictures.',
  },
  {
    ...{ id: 'lora', title: 'LoRA adapters', flag: '--lora', value: words() },
    help: 'Paths of adapter files, with commas.',
  },
  {
    ...{ id: 'ropeScaling', title: 'Longer context than trained', flag: '--rope-scaling', value: oneOf(['none', 'linear', 'yarn']) },
    help: 'Method that stretches positions; answers get worse the further it goes.',
  },
  {
    ...{ id: 'ropeScale', title: 'Stretch', flag: '--rope-scale', value: decimal(0.1, 64) },
    help: 'Factor by which the context is longer than the model was trained for.',
  },
])

/** What a person may set about llama-server beyond context, slots, threads, layers, KV type and port. */
export const llamaCppSettings: readonly Setting[] = [...memory, ...speed, ...serving, ...models]
