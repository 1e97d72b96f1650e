import { describe, expect, test } from 'vitest'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { noMetrics } from '../../../electron/core/runtimes/prometheus'

const mapOf = (id: string) => {
  const metrics = runtimes.find(each => each.id === id)?.metrics
  if (!metrics) throw new Error(`${id} has no metrics`)
  return metrics
}

describe('figures of runtimes in the common set', () => {
  // Shapes as their sources document them; none of these runs here.
  test('oMLX counts since its start', () => {
    const body = JSON.stringify({
      ...{ status: 'ok', active_requests: 2, waiting_requests: 1, total_prompt_tokens: 1_000, total_completion_tokens: 400 },
      ...{ total_cached_tokens: 250, cache_efficiency: 25, avg_generation_tps: 50, loaded_models: ['x'] },
    })
    expect(mapOf('omlx').parse(body)).toEqual({
      ...{ running: 2, waiting: 1, kvUse: null, ttftMs: null, itlMs: 20, promptTokens: 1_000, generatedTokens: 400, cacheHits: 0.25 },
    })
    expect(mapOf('omlx').parse('{"avg_generation_tps": 0}')).toEqual(noMetrics)
  })

  test('TensorRT-LLM has a page for Prometheus', () => {
    const body = [
      ...['trtllm_num_requests_running{model_name="m"} 3', 'trtllm_num_requests_waiting{model_name="m"} 1'],
      ...['trtllm_kv_cache_utilization{model_name="m"} 0.4', 'trtllm_time_to_first_token_seconds_sum{model_name="m"} 1'],
      ...['trtllm_time_to_first_token_seconds_count{model_name="m"} 4', 'trtllm_prompt_tokens_total{model_name="m"} 200'],
      ...['trtllm_generation_tokens_total{model_name="m"} 90', 'trtllm_prompt_cached_tokens_total{model_name="m"} 50'],
      ...['trtllm_time_per_output_token_seconds_sum{model_name="m"} 2', 'trtllm_time_per_output_token_seconds_count{model_name="m"} 100'],
    ].join('\n')
    expect(mapOf('tensorrt-llm').parse(body)).toEqual({
      ...{ running: 3, waiting: 1, kvUse: 0.4, ttftMs: 250, itlMs: 20, promptTokens: 200, generatedTokens: 90, cacheHits: 0.25 },
    })
  })

  test('Lemonade tells of its last request', () => {
    const body = JSON.stringify({ time_to_first_token: 2.14, tokens_per_second: 40, input_tokens: 128, output_tokens: 5 })
    expect(mapOf('lemonade').parse(body)).toEqual({ ...noMetrics, ttftMs: 2140, itlMs: 25 })
    expect(mapOf('lemonade').parse('{"time_to_first_token": null}')).toEqual(noMetrics)
  })

  test.each(runtimes.flatMap(({ id, metrics }) => (metrics ? [[id, metrics] as const] : [])))(
    '%s: what is no page harms nothing, and what it never tells has its reason',
    (_id, metrics) => {
      for (const body of ['', '{', '[]', '{}', 'null', '<html>no</html>', '{"active_requests":"many"}']) {
        const read = metrics.parse(body)
        expect(Object.keys(read).sort()).toEqual(Object.keys(noMetrics).sort())
        expect(Object.values(read).every(each => each === null)).toBe(true)
      }
      for (const why of Object.values(metrics.absent ?? {})) expect(why).toMatch(/^\S.*\.$/)
      expect(metrics.source).toMatch(/^https:/)
    },
  )

  test.each(['ollama', 'lmstudio', 'localai'])('%s says why each live figure is not its own', id => {
    expect(Object.keys(mapOf(id).absent ?? {})).toEqual(expect.arrayContaining(['running', 'waiting', 'kvUse', 'generatedTokens']))
  })
})
