import type { Conversion } from './common-conversion'

/** mlx_lm.convert: https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/convert.py. Scales and biases add half a bit in groups of 64. */
export const mlxConvert: Conversion = {
  id: 'mlx',
  title: 'to MLX',
  from: 'safetensors',
  gives: { kind: 'mlx' },
  choices: [
    { id: '4bit', bits: 4.5 },
    { id: '8bit', bits: 8.5 },
    { id: '6bit', bits: 6.5 },
    { id: '3bit', bits: 3.5 },
  ],
  tools: [{ key: 'convert', title: 'mlx_lm.convert', names: ['mlx_lm.convert'], pack: { kind: 'build', runtime: 'mlx', title: 'mlx-lm' } }],
  refuses: ({ facts }) =>
    /bit$|AWQ|GPTQ|FP8/i.test(facts?.quantisation ?? '') ? 'It is quantised already; the tool takes the original weights' : null,
  plan: ({ model, choice, tools, output }) => [
    {
      ...{ kind: 'run', title: `Quantise to ${choice}`, file: tools.convert ?? '' },
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
