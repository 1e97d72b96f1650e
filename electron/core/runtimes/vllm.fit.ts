import type { Machine } from '../../contract/machine'
import { usableGpus } from './facts-judge'
import type { LaunchInput } from './runtime'

/** Its own default; what is above it would leave nothing for graphs and the driver (vllm/config/cache.py). */
const shareMost = 0.92
const shareLeast = 0.1
/** Left free below what is free now: other programs move. */
const marginMiB = 300

/**
 * Share of each card that can be reserved now. It takes its share of the *whole* memory and ends when less is free
 * (vllm/v1/worker/utils.py), so on a card that a desktop or another model uses it must be told. Null leaves it to vLLM.
 */
export function memoryShareOf(machine: Machine): number | null {
  const shares = usableGpus(machine)
    .filter(gpu => gpu.memoryKind === 'dedicated')
    .flatMap(gpu => (gpu.vramMiB !== null && gpu.vramFreeMiB !== null ? [(gpu.vramFreeMiB - marginMiB) / gpu.vramMiB] : []))
  if (shares.length === 0) return null
  const least = Math.min(...shares)
  if (least >= shareMost) return null
  return Math.max(shareLeast, Math.floor(least * 100) / 100)
}

/** Weights may take so much of a card; the rest is cache, graphs and activations. */
const weightShare = 0.8

/**
 * Equal cards that share each layer: as few as hold the weights, and only as many as divide the heads. 1 when one is enough
 * or nothing is known.
 */
export function tensorParallelOf({ machine, model }: Pick<LaunchInput, 'machine' | 'model'>): number {
  const gpus = usableGpus(machine, 'nvidia')
  const sizes = gpus.flatMap(gpu => gpu.vramMiB ?? [])
  const bytes = model.facts?.tensorBytes ?? null
  const heads = model.facts?.shape?.heads ?? null
  if (bytes === null || sizes.length < 2 || sizes.length < gpus.length) return 1
  const wanted = bytes / (Math.min(...sizes) * 1024 * 1024 * weightShare)
  for (let count = 1; count <= sizes.length; count *= 2) {
    if (count >= wanted && (heads === null || heads % count === 0)) return count
  }
  return 1
}

/** Formats of tool calls by the model's own class name (https://docs.vllm.ai/en/latest/features/tool_calling.html). */
const toolParsers: readonly (readonly [RegExp, string])[] = [
  [/^GptOss/, 'openai'],
  [/^Qwen3(?:_5|Next|Moe)?.*Coder/, 'qwen3_coder'],
  [/^Qwen[23]/, 'hermes'],
  [/^Mistral|^Mixtral/, 'mistral'],
  [/^Gemma4/, 'gemma4'],
  [/^Granite/, 'granite'],
  [/^Glm4/, 'glm45'],
  [/^DeepseekV3/, 'deepseek_v3'],
  [/^Phi4/, 'phi4_mini_json'],
]

/** Null for models whose format is not known from their architecture, such as the many kinds of Llama. */
export const toolParserOf = (architecture: string | null): string | null =>
  architecture === null ? null : (toolParsers.find(([pattern]) => pattern.test(architecture))?.[1] ?? null)
