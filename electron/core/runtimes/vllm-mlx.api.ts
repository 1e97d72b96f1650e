import type { ApiFacts } from './runtime'

/** What its server takes by its documentation; without its hardware nothing of it was seen here. */
export const vllmMlxApi: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'ignored', why: 'It takes the field and has no effect.' },
    'json-schema': { support: 'native', why: 'It checks the answer against the schema and repairs it; it does not constrain each token.' },
    tools: { support: 'native', needs: 'a model whose format of tool calls it knows' },
    logprobs: { support: 'refused', why: 'Its answers carry none.' },
    embeddings: { support: 'refused', why: 'A server started for chat does not embed; start an embedding model for that.' },
    vision: { support: 'native', needs: 'a model that sees pictures' },
    'list-models': { support: 'native' },
  },
  source: 'https://github.com/waybarrios/vllm-mlx',
}
