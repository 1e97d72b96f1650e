import type { Conversion, ToolProgress } from './common-conversion'

const stages: readonly [RegExp, string][] = [
  [/^\[INFO\] Loading/, 'reading the model'],
  [/^\[INFO\] Quantizing/, 'quantising'],
  [/^\[INFO\] Quantized model with/, 'writing'],
]

/** It tells its stages and counts nothing (mlx_lm/convert.py; seen with 0.32.2). */
export function readMlxConvert(text: string): ToolProgress | null {
  const stage = stages.find(([words]) => words.test(text))?.[1]
  return stage === undefined ? null : { stage, done: null, total: null, unit: 'percent' }
}

const bitsOf: Readonly<Record<string, number>> = { '4bit': 4.5, '8bit': 8.5, '6bit': 6.5, '3bit': 3.5 }

/** mlx_lm.convert: https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/convert.py. Scales and biases add half a bit in groups of 64. */
export const mlxConvert: Conversion = {
  id: 'mlx',
  title: 'to MLX',
  from: 'safetensors',
  gives: { kind: 'mlx' },
  choices: Object.entries(bitsOf).map(([id, bits]) => ({ id, bits })),
  tools: [{ key: 'convert', title: 'mlx_lm.convert', names: ['mlx_lm.convert'], pack: { kind: 'build', runtime: 'mlx', title: 'mlx-lm' } }],
  refuses: ({ facts }) =>
    /bit$|AWQ|GPTQ|FP8/i.test(facts?.quantisation ?? '') ? 'It is quantised already; the tool takes the original weights' : null,
  plan: ({ model, choice, tools, output }) => [
    {
      ...{ kind: 'run', title: `Quantise to ${choice}`, file: tools.convert ?? '', progress: readMlxConvert },
      grows: { path: output, bytes: ((model.facts?.parameters ?? 0) * (bitsOf[choice ?? ''] ?? 0)) / 8 },
      args: ['--hf-path', model.path, '--mlx-path', output, '--quantize', '--q-bits', String(Number.parseInt(choice ?? '4', 10))],
    },
  ],
  install: {
    title: 'mlx-lm, installed in Runtimes or by pip',
    command: 'pip install mlx-lm',
    page: 'https://github.com/ml-explore/mlx-lm',
  },
  source: 'https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/convert.py',
}
