import * as z from 'zod'
import { jsonOr } from './common-json'
import { noMetrics, ratioOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

const count = z.number().nonnegative().nullish()
const statusSchema = z.object({
  active_requests: count,
  waiting_requests: count,
  total_prompt_tokens: count,
  total_completion_tokens: count,
  total_cached_tokens: count,
  avg_generation_tps: count,
})

/** Its status for programs, counted since its start (`/api/status` of omlx/server.py, https://github.com/jundot/omlx). */
export const omlxMetrics: MetricsMap = {
  path: '/api/status',
  parse: readStatus,
  absent: {
    kvUse: 'oMLX tells what its models take and not how full their caches are.',
    ttftMs: 'It does not time first tokens; the gateway does.',
  },
  source: 'https://github.com/jundot/omlx',
}

function readStatus(body: string): RuntimeMetrics {
  const status = statusSchema.safeParse(jsonOr(body, null)).data
  if (!status) return noMetrics
  const prompts = status.total_prompt_tokens ?? null
  return {
    ...noMetrics,
    running: status.active_requests ?? null,
    waiting: status.waiting_requests ?? null,
    // Before its first answer the mean is 0.
    itlMs: ratioOf(1_000, status.avg_generation_tps ?? null),
    promptTokens: prompts,
    generatedTokens: status.total_completion_tokens ?? null,
    cacheHits: ratioOf(status.total_cached_tokens ?? null, prompts),
  }
}
