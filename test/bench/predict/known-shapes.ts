import type { ModelShape } from '../../../electron/contract/model'
import { guessShape } from '../../../electron/core/recommend/model-size'

type Shape = { name: string; billions: number; shape: ModelShape }

/** Dense models that published runs use and the catalogue does not offer; dimensions from their config.json on the hub. */
const rows: readonly (readonly [
  name: string,
  billions: number,
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  vocabulary: number,
])[] = [
  ['llama 2 7b', 6.74, 32, 4096, 32, 32, 32_000],
  ['llama 7b', 6.74, 32, 4096, 32, 32, 32_000],
  ['llama 2 13b', 13.02, 40, 5120, 40, 40, 32_000],
  ['llama 2 70b', 68.98, 80, 8192, 64, 8, 32_000],
  ['llama 3 8b', 8.03, 32, 4096, 32, 8, 128_256],
  ['llama 3.1 8b', 8.03, 32, 4096, 32, 8, 128_256],
  ['llama 3 70b', 70.55, 80, 8192, 64, 8, 128_256],
  ['llama 3.1 70b', 70.55, 80, 8192, 64, 8, 128_256],
  ['mistral 7b', 7.25, 32, 4096, 32, 8, 32_768],
  ['qwen2.5 0.5b', 0.49, 24, 896, 14, 2, 151_936],
  ['qwen2.5 1.5b', 1.54, 28, 1536, 12, 2, 151_936],
  ['qwen2.5 3b', 3.09, 36, 2048, 16, 2, 151_936],
  ['qwen2.5 7b', 7.62, 28, 3584, 28, 4, 152_064],
  ['qwen2.5 coder 7b', 7.62, 28, 3584, 28, 4, 152_064],
  ['qwen2.5 14b', 14.77, 48, 5120, 40, 8, 152_064],
  ['qwen2.5 coder 14b', 14.77, 48, 5120, 40, 8, 152_064],
  ['qwen2.5 32b', 32.76, 64, 5120, 40, 8, 152_064],
  ['qwen2.5 coder 32b', 32.76, 64, 5120, 40, 8, 152_064],
  ['qwen2.5 72b', 72.7, 80, 8192, 64, 8, 152_064],
  ['qwen3 1.7b', 2.03, 28, 2048, 16, 8, 151_936],
  ['qwen3 14b', 14.77, 40, 5120, 40, 8, 151_936],
  ['qwen3 32b', 32.76, 64, 5120, 64, 8, 151_936],
  ['gemma 2 2b', 2.61, 26, 2304, 8, 4, 256_000],
  ['gemma 2 9b', 9.24, 42, 3584, 16, 8, 256_000],
  ['gemma 2 27b', 27.23, 46, 4608, 32, 16, 256_128],
  ['phi 3.5 mini', 3.82, 32, 3072, 32, 32, 32_064],
  ['smollm2 1.7b', 1.71, 24, 2048, 32, 32, 49_152],
]

export const knownShapes: readonly Shape[] = rows.map(([name, billions, layers, hidden, heads, kvHeads, vocabulary]) => ({
  name,
  billions,
  shape: {
    ...guessShape(billions * 1e9),
    layers,
    fullAttentionLayers: layers,
    hidden,
    heads,
    kvHeads,
    headDim: hidden / heads,
    vocabulary,
  },
}))
