import type { ApiFacts } from './runtime'

/** What its server takes by its documentation; without its hardware nothing of it was seen here. */
export const lmdeployApi: ApiFacts = {
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
    embeddings: { support: 'refused', why: 'It serves models that write.' },
    vision: { support: 'native', needs: 'a model that sees pictures' },
    'list-models': { support: 'native' },
  },
  source: 'https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html',
}
