import type { ApiFacts } from './runtime'

/** What its server takes (https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html), seen with 0.32.0 on a CPU. */
export const vllmApi: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'native', why: 'The same seed gives the same text while the same requests share its batch.' },
    'json-schema': { support: 'native' },
    tools: { support: 'native', needs: 'a model whose format of tool calls it knows' },
    logprobs: { support: 'native' },
    embeddings: { support: 'refused', why: 'A server started for chat does not embed; start an embedding model for that.' },
    vision: { support: 'native', needs: 'a model that sees pictures' },
    'list-models': { support: 'native' },
  },
  source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
}
