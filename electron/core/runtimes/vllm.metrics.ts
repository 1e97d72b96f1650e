import { meanOf, millisecondsOf, mostOf, parsePrometheus, ratioOf, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/** Its page, on by default (https://docs.vllm.ai/en/latest/usage/metrics/). Prefix hits are counted in tokens; names seen with 0.32.0. */
export const vllmMetrics: MetricsMap = {
  path: '/metrics',
  parse: readMetrics,
  source: 'https://docs.vllm.ai/en/latest/usage/metrics/',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `vllm:${name}`)
  return {
    running: value('num_requests_running'),
    waiting: value('num_requests_waiting'),
    // Until 0.11 it had `gpu_` before it.
    kvUse: mostOf(samples, 'vllm:kv_cache_usage_perc') ?? mostOf(samples, 'vllm:gpu_cache_usage_perc'),
    ttftMs: millisecondsOf(meanOf(samples, 'vllm:time_to_first_token_seconds')),
    itlMs: millisecondsOf(
      meanOf(samples, 'vllm:inter_token_latency_seconds') ?? meanOf(samples, 'vllm:request_time_per_output_token_seconds'),
    ),
    promptTokens: value('prompt_tokens_total'),
    generatedTokens: value('generation_tokens_total'),
    cacheHits: ratioOf(value('prefix_cache_hits_total'), value('prefix_cache_queries_total')),
  }
}
