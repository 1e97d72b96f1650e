import { meanOf, millisecondsOf, mostOf, parsePrometheus, ratioOf, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/** Its page, on by default (lmdeploy/metrics/loggers.py of 0.18.0). */
export const lmdeployMetrics: MetricsMap = {
  path: '/metrics',
  parse: readMetrics,
  source: 'https://lmdeploy.readthedocs.io/en/latest/advance/metrics.html',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `lmdeploy:${name}`)
  return {
    running: value('num_requests_running'),
    waiting: value('num_requests_waiting'),
    kvUse: mostOf(samples, 'lmdeploy:gpu_cache_usage_perc'),
    ttftMs: millisecondsOf(meanOf(samples, 'lmdeploy:time_to_first_token_seconds')),
    itlMs: millisecondsOf(meanOf(samples, 'lmdeploy:iter_token_latency') ?? meanOf(samples, 'lmdeploy:time_per_output_token_seconds')),
    promptTokens: value('prompt_tokens_total'),
    generatedTokens: value('generation_tokens_total'),
    cacheHits: ratioOf(value('cached_tokens_total'), value('prompt_tokens_total')) ?? mostOf(samples, 'lmdeploy:prefix_cache_hit_rate'),
  }
}
