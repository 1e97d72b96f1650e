import type { ApiFacts } from './runtime'

/** What its server takes by its documentation; without its hardware nothing of it was seen here. */
export const sglangApi: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'native' },
    'json-schema': { support: 'native' },
    tools: { support: 'native', needs: 'a model whose format of tool calls it knows' },
    logprobs: { support: 'native' },
    embeddings: { support: 'refused', why: 'A server started for chat does not embed; start an embedding model for that.' },
    vision: { support: 'native', needs: 'a model that sees pictures' },
    'list-models': { support: 'native' },
  },
  source: 'https://docs.sglang.ai/basic_usage/openai_api_completions.html',
}
