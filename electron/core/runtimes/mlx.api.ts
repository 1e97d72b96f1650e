import type { ApiFacts } from './runtime'

/** What its server takes (mlx_lm/server.py), seen with 0.32.2 on a CPU. */
export const mlxApi: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'native' },
    'json-schema': { support: 'ignored', why: 'It has no constrained output: `response_format` is taken and has no effect.' },
    tools: { support: 'native', needs: 'a model whose format of tool calls it knows' },
    logprobs: { support: 'native' },
    embeddings: { support: 'refused', why: 'It has no such address.' },
    vision: { support: 'refused', why: 'Pictures are the part of mlx-vlm.' },
    'list-models': { support: 'native' },
  },
  source: 'https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md',
}
