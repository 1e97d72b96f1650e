import { noMetrics } from './prometheus'
import type { MetricsMap } from './runtime'

/** Its own API tells speed and first token with each answer (`stats`), and what is loaded; no page sums them up. */
export const lmstudioMetrics: MetricsMap = {
  path: '/api/v0/models',
  parse: () => noMetrics,
  absent: {
    running: 'LM Studio does not tell how many requests run; the gateway counts its own.',
    waiting: 'It does not tell how long its queue is.',
    kvUse: 'It does not tell how full the cache of a loaded model is.',
    generatedTokens: 'Its own API tells speed and tokens with each answer, and no sum of them.',
  },
  source: 'https://lmstudio.ai/docs/developer/rest/endpoints',
}
