import { noMetrics } from './prometheus'
import type { MetricsMap } from './runtime'

/** Its page times calls of its API by path (`api_call`, core/services/metrics.go of mudler/LocalAI) and holds none of the common set. */
export const localaiMetrics: MetricsMap = {
  path: '/metrics',
  parse: () => noMetrics,
  absent: {
    running: 'The page of LocalAI times calls of its API and does not count what runs; the gateway does.',
    waiting: 'It does not tell how many requests wait.',
    kvUse: 'Its engines are processes of their own, whose caches it does not tell of.',
    generatedTokens: 'It counts calls and no tokens; the gateway counts those of its own requests.',
  },
  source: 'https://github.com/mudler/LocalAI/blob/master/core/services/metrics.go',
}
