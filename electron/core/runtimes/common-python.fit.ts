import type { Machine } from '../../contract/machine'
import { usableGpus } from './facts-judge'
import type { LaunchInput } from './runtime'

/** The default of vLLM; what is above it would leave nothing for graphs and the driver (vllm/config/cache.py). */
const shareMost = 0.92
const shareLeast = 0.1
/** Left free below what is free now: other programs move. */
const marginMiB = 300

/**
 * Share of each card that can be reserved now. Servers that take a share of the *whole* memory end when less is free
 * (vllm/v1/worker/utils.py), so on a card that a desktop or another model uses they must be told. Null leaves it to them.
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
