import { noMetrics } from './prometheus'
import type { MetricsMap } from './runtime'

/**
 * It has no page of figures. What it has loaded (`/api/ps`) tells memory, which the proof of a start reads; the times of a
 * request (`eval_count`, `eval_duration`) come with answers of its own API only, and not with those that the gateway asks for.
 */
export const ollamaMetrics: MetricsMap = {
  path: '/api/ps',
  parse: () => noMetrics,
  absent: {
    running: 'Ollama does not tell how many requests run; the gateway counts its own.',
    waiting: 'It does not tell how long its queue is.',
    kvUse: 'It tells what a loaded model takes, and not how full its cache is.',
    generatedTokens: 'Its own API tells tokens and times with each answer, and no sum of them.',
  },
  source: 'https://docs.ollama.com/api/ps',
}
