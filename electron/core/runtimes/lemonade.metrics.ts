import * as z from 'zod'
import { jsonOr } from './common-json'
import { millisecondsOf, noMetrics, ratioOf } from './prometheus'
import type { MetricsMap } from './runtime'

const statsSchema = z.object({ time_to_first_token: z.number().nullish(), tokens_per_second: z.number().nullish() })

/** Its statistics are of the last request alone (`/api/v1/stats`, https://lemonade-server.ai/docs/server/server_spec/). */
export const lemonadeMetrics: MetricsMap = {
  path: '/api/v1/stats',
  parse(body) {
    const stats = statsSchema.safeParse(jsonOr(body, null)).data
    return {
      ...noMetrics,
      ttftMs: millisecondsOf(stats?.time_to_first_token ?? null),
      itlMs: ratioOf(1_000, stats?.tokens_per_second ?? null),
    }
  },
  absent: {
    running: 'Lemonade tells of its last request alone; what runs now is counted by the gateway.',
    waiting: 'It does not tell how many requests wait.',
    kvUse: 'It does not tell how full the cache of its engine is.',
    promptTokens: 'It counts the tokens of its last request only.',
    generatedTokens: 'It counts the tokens of its last request only.',
  },
  source: 'https://lemonade-server.ai/docs/server/server_spec/',
}
