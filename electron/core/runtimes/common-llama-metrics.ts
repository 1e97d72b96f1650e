import { noMetrics, parsePrometheus, ratioOf, sumOf } from './prometheus'
import type { MetricsMap, RuntimeMetrics } from './runtime'

/**
 * llama-server's page, with `--metrics` (tools/server/README.md and server-task.cpp of ggml-org/llama.cpp). It counts prompt
 * tokens that it computed and, apart from them, those that its cache gave.
 */
export const llamaCppMetrics: MetricsMap = {
  path: '/metrics',
  parse: readMetrics,
  absent: {
    kvUse: 'llama-server has no measure of its KV cache any more; its slots tell only what each conversation holds.',
    ttftMs: 'llama-server does not time first tokens; the gateway does.',
  },
  source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
}

function readMetrics(body: string): RuntimeMetrics {
  const samples = parsePrometheus(body)
  const value = (name: string) => sumOf(samples, `llamacpp:${name}`)
  const computed = value('prompt_tokens_total')
  // Older builds do not count what came from the cache.
  const cached = value('prompt_tokens_cached_total')
  const prompts = computed === null ? null : computed + (cached ?? 0)
  const secondsPerToken = ratioOf(value('tokens_predicted_seconds_total'), value('tokens_predicted_total'))
  return {
    ...noMetrics,
    running: value('requests_processing'),
    waiting: value('requests_deferred'),
    itlMs: secondsPerToken === null ? null : secondsPerToken * 1000,
    promptTokens: prompts,
    generatedTokens: value('tokens_predicted_total'),
    cacheHits: ratioOf(cached, prompts),
  }
}
