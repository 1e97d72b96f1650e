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
  ['llama 3.1 405b', 405.85, 126, 16_384, 128, 8, 128_256],
  ['gemma 3 1b', 1, 26, 1152, 4, 1, 262_144],
  ['gemma 3 12b', 11.77, 48, 3840, 16, 8, 262_208],
  ['gemma 3 27b', 27.01, 62, 5376, 32, 16, 262_208],
  ['mistral nemo', 12.25, 40, 5120, 32, 8, 131_072],
  ['mistral small', 23.57, 40, 5120, 32, 8, 131_072],
  ['devstral small', 23.57, 40, 5120, 32, 8, 131_072],
  ['codestral 22b', 22.25, 56, 6144, 48, 8, 32_768],
  ['mistral large', 122.6, 88, 12_288, 96, 8, 32_768],
  ['tinyllama 1.1b', 1.1, 22, 2048, 32, 4, 32_000],
  ['codellama 34b', 33.74, 48, 8192, 64, 8, 32_016],
  ['yi 34b', 34.39, 60, 7168, 56, 8, 64_000],
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

type Counts = { name: string; billions: number; activeBillions: number; layers: number }

/** Mixtures by name, billions of parameters, those active and layers, as their cards on the hub say; names often tell neither. */
export const knownMixtures: readonly Counts[] = (
  [
    ['mixtral 8x7b', 46.7, 12.9, 32],
    ['mixtral 8x22b', 140.6, 39.1, 56],
    ['wizardlm 2 8x22b', 140.6, 39.1, 56],
    ['deepseek v2 lite', 15.7, 2.4, 27],
    ['deepseek coder v2 lite', 15.7, 2.4, 27],
    ['deepseek v2', 236, 21, 60],
    ['deepseek v2.5', 236, 21, 60],
    ['deepseek v3', 671, 37, 61],
    ['deepseek v3.1', 671, 37, 61],
    ['deepseek v3.2', 671, 37, 61],
    ['deepseek r1', 671, 37, 61],
    ['llama 4 scout 17b', 109, 17, 48],
    ['llama 4 scout', 109, 17, 48],
    ['llama 4 maverick 17b', 400, 17, 48],
    ['llama 4 maverick', 400, 17, 48],
    ['kimi k2', 1000, 32, 61],
    ['glm 4.5 air', 106, 12, 46],
    ['glm 4.5', 355, 32, 92],
    ['glm 4.6', 355, 32, 92],
    ['minimax m2', 230, 10, 62],
    ['phi 3.5 moe', 41.9, 6.6, 32],
    ['qwen3 235b a22b', 235, 22, 94],
    ['qwen3 coder 480b a35b', 480, 35, 62],
    ['olmoe 1b 7b', 6.9, 1.3, 16],
    ['dbrx', 132, 36, 40],
  ] as const
).map(([name, billions, activeBillions, layers]) => ({ name, billions, activeBillions, layers }))
