import { meanOf, millisecondsOf, mostOf, parsePrometheus, ratioOf, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/**
 * Its page for Prometheus, which is there with `return_perf_metrics` (tensorrt_llm/serve/openai_server.py; names of
 * tensorrt_llm/metrics/collector.py). Its `/metrics` is a queue of steps that waits for two seconds and is emptied by whoever asks.
 */
export const tensorrtLlmMetrics: MetricsMap = {
  path: '/prometheus/metrics',
  parse: readMetrics,
  source: 'https://github.com/NVIDIA/TensorRT-LLM/blob/main/tensorrt_llm/metrics/collector.py',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `trtllm_${name}`)
  const prompts = value('prompt_tokens_total')
  return {
    running: value('num_requests_running'),
    waiting: value('num_requests_waiting'),
    kvUse: mostOf(samples, 'trtllm_kv_cache_utilization'),
    ttftMs: millisecondsOf(meanOf(samples, 'trtllm_time_to_first_token_seconds')),
    itlMs: millisecondsOf(meanOf(samples, 'trtllm_time_per_output_token_seconds')),
    promptTokens: prompts,
    generatedTokens: value('generation_tokens_total'),
    cacheHits: ratioOf(value('prompt_cached_tokens_total'), prompts) ?? mostOf(samples, 'trtllm_kv_cache_hit_rate'),
  }
}
