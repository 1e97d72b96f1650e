import { meanOf, millisecondsOf, noMetrics, parsePrometheus, sumOf } from './prometheus'
import type { MetricsMap } from './runtime'

/** Names: https://huggingface.co/docs/text-generation-inference/reference/metrics */
export const tgiMetrics: MetricsMap = {
  path: '/metrics',
  parse(body) {
    const samples = parsePrometheus(body)
    return {
      ...noMetrics,
      running: sumOf(samples, 'tgi_batch_current_size'),
      waiting: sumOf(samples, 'tgi_queue_size'),
      itlMs: millisecondsOf(meanOf(samples, 'tgi_request_mean_time_per_token_duration')),
      promptTokens: sumOf(samples, 'tgi_request_input_length_sum'),
      generatedTokens: sumOf(samples, 'tgi_request_generated_tokens_sum'),
    }
  },
  absent: {
    kvUse: 'It tells the tokens of the batch, not the room they have.',
    ttftMs: 'It does not time first tokens; the gateway does.',
  },
  source: 'https://huggingface.co/docs/text-generation-inference/reference/metrics',
}
