import { meanOf, millisecondsOf, mostOf, noMetrics, parsePrometheus, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/** Its page, with `--enable-metrics` (vllm_mlx/metrics.py of 0.6.0). */
export const vllmMlxMetrics: MetricsMap = {
  path: '/metrics',
  parse: readMetrics,
  absent: { itlMs: 'vllm-mlx times first tokens and whole requests only; the gateway times the rest.' },
  source: 'https://github.com/waybarrios/vllm-mlx/blob/main/vllm_mlx/metrics.py',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `vllm_mlx_${name}`)
  return {
    ...noMetrics,
    running: value('scheduler_running_requests'),
    waiting: value('scheduler_waiting_requests'),
    kvUse: mostOf(samples, 'vllm_mlx_cache_utilization_ratio'),
    ttftMs: millisecondsOf(meanOf(samples, 'vllm_mlx_inference_ttft_seconds')),
    promptTokens: value('prompt_tokens_total'),
    generatedTokens: value('completion_tokens_total'),
    cacheHits: mostOf(samples, 'vllm_mlx_cache_hit_rate'),
  }
}
