import type { HeaderValues } from './header-values'

/** What each layer keeps for a sequence, in the order of the layers. */
export type LayerKind = 'full' | 'sliding' | 'none'

/**
 * Every n-th layer is full, the others slide, where the header gives a window but no pattern: the values llama.cpp sets
 * by architecture (https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp, set_swa_pattern).
 */
const slidingPatterns: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3n: 5,
  'gpt-oss': 2,
  cohere2: 4,
  olmo2: 4,
  exaone4: 4,
  smallthinker: 4,
  llama4: 4,
}

/** Tokens that a layer looks back where only the architecture tells it: chunks of Llama 4 (llama-model.cpp, n_swa). */
const slidingWindows: Readonly<Record<string, number>> = { llama4: 8192 }

/** Null where no layer slides. */
export const slidingWindowOf = (header: HeaderValues, architecture: string): number | null =>
  header.count('.attention.sliding_window') ?? slidingWindows[architecture] ?? null

/** Every fourth layer of these is attention when the header does not say (`full_attention_interval`). */
const attentionIntervals: Readonly<Record<string, number>> = { qwen3next: 4, qwen35: 4, qwen35moe: 4 }

/** Architectures without any attention. */
const recurrentOnly = new Set(['mamba', 'mamba2', 'rwkv6', 'rwkv7', 'rwkv6qwen2', 'arwkv7'])

export function layerKinds(header: HeaderValues, architecture: string, layers: number): readonly LayerKind[] {
  const interval = header.count('.full_attention_interval') ?? attentionIntervals[architecture] ?? null
  const kvHeads = header.perLayer('.attention.head_count_kv', layers)
  const sliding = slidingLayers(header, architecture, layers)
  const own = layers - (header.count('.attention.shared_kv_layers') ?? 0)
  return Array.from({ length: layers }, (_, index): LayerKind => {
    if (recurrentOnly.has(architecture)) return 'none'
    if (interval !== null && interval > 0 && (index + 1) % interval !== 0) return 'none'
    if (kvHeads?.[index] === 0) return 'none'
    // The last layers of some models read the cache of earlier ones.
    if (index >= own) return 'none'
    return sliding[index] ? 'sliding' : 'full'
  })
}

function slidingLayers(header: HeaderValues, architecture: string, layers: number): readonly boolean[] {
  const none = Array.from({ length: layers }, () => false)
  if (slidingWindowOf(header, architecture) === null) return none
  const key = '.attention.sliding_window_pattern'
  // An array tells each layer; a single number n means that every n-th is full.
  const perLayer = header.length(key) === null ? null : header.perLayer(key, layers)
  if (perLayer) return perLayer.map(value => value !== 0)
  const every = header.count(key) ?? slidingPatterns[architecture] ?? 0
  return every > 1 ? none.map((_, index) => index % every < every - 1) : none
}
