import { describe, expect, test } from 'vitest'
import { parseModelWords } from '../../../electron/core/recommend/model-words'
import { catalogue } from './inputs'

const named = (words: string) => {
  const parsed = parseModelWords(
    words,
    catalogue.map(each => each.id),
  )
  const models = catalogue.filter(each => !each.engineTest && parsed.matches(each)).map(each => each.id)
  return { models, quantisation: parsed.quantisation.join(' ') }
}

describe('a model in words', () => {
  test.each([
    ['qwen3-coder:30b', 'Qwen/Qwen3-Coder-30B-A3B-Instruct', ''],
    ['qwen3.6:35b-a3b-q4_K_M', 'Qwen/Qwen3.6-35B-A3B', 'q4_k_m'],
    ['qwen3:8b', 'Qwen/Qwen3-8B', ''],
    ['deepseek-r1:8b', 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B', ''],
    ['gpt-oss:20b', 'openai/gpt-oss-20b', ''],
    ['gemma4:e4b', 'google/gemma-4-E4B-it', ''],
    ['granite4:tiny-h', 'ibm-granite/granite-4.0-h-tiny', ''],
    ['llama3.3', 'meta-llama/Llama-3.3-70B-Instruct', ''],
    ['phi4:14b', 'microsoft/phi-4', ''],
    ['unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF', 'Qwen/Qwen3-30B-A3B-Instruct-2507', ''],
    ['hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M', 'Qwen/Qwen3-8B', 'q4_k_m'],
    ['mlx-community/Qwen3.6-35B-A3B-4bit', 'Qwen/Qwen3.6-35B-A3B', '4bit'],
  ])('%s is what other places call %s', (words, model, quantisation) => {
    expect(named(words)).toEqual({ models: [model], quantisation })
  })

  test('a number is met whole, and a size or a family alone by all that have it', () => {
    expect(named('qwen3').models.some(id => id.includes('Qwen3.'))).toBe(false)
    expect(named('qwen').models.length).toBeGreaterThan(8)
    expect(named('gemma 4 12b q8')).toEqual({ models: ['google/gemma-4-12B-it'], quantisation: 'q8' })
    expect(named('70B').models).toEqual(['meta-llama/Llama-3.3-70B-Instruct'])
    expect(named('no-such-model').models).toEqual([])
    expect(named('llama 3.5').models).toEqual([])
  })
})
