import { meanOf, millisecondsOf, mostOf, parsePrometheus, ratioOf, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/** Its page, with `--enable-metrics` (https://docs.sglang.ai/references/production_metrics.html; names of sglang/srt/observability). */
export const sglangMetrics: MetricsMap = {
  path: '/metrics',
  parse: readMetrics,
  source: 'https://docs.sglang.ai/references/production_metrics.html',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `sglang:${name}`)
  return {
    running: value('num_running_reqs'),
    waiting: value('num_queue_reqs'),
    kvUse: mostOf(samples, 'sglang:token_usage'),
    ttftMs: millisecondsOf(meanOf(samples, 'sglang:time_to_first_token_seconds')),
    itlMs: millisecondsOf(meanOf(samples, 'sglang:inter_token_latency_seconds')),
    promptTokens: value('prompt_tokens_total'),
    generatedTokens: value('generation_tokens_total'),
    cacheHits: ratioOf(value('cached_tokens_total'), value('prompt_tokens_total')) ?? mostOf(samples, 'sglang:cache_hit_rate'),
  }
}
