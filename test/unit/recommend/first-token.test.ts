import { describe, expect, test } from 'vitest'
import type { SpeedEstimate } from '../../../electron/contract/decision'
import { firstTokenAfter, shortPromptOf } from '../../../electron/core/recommend/first-token'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { place } from '../../../electron/core/recommend/placement'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const speed = (change: Partial<SpeedEstimate>): SpeedEstimate => ({
  ...{
    oneUser: null,
    users: null,
    ttftMs: { low: 1800, mid: 3090, high: 6180 },
    promptTokens: 512,
    basis: 'estimated',
    why: null,
    workings: [],
  },
  ...change,
})

describe('the first token after a prompt of so many tokens', () => {
  test('is its tokens over the rate, 30 ms more, within the range that published prompts keep to', () => {
    expect(firstTokenAfter(speed({ shortPrompt: { tokensPerSecond: 170, leastMs: 12 } }), 34)).toEqual({ low: 138, mid: 230, high: 460 })
  })

  test('is never less than one step of decoding: all weights are read for the shortest prompt', () => {
    expect(firstTokenAfter(speed({ shortPrompt: { tokensPerSecond: 2500, leastMs: 120 } }), 10)?.mid).toBe(150)
  })

  test('is not said where prompts are not predicted: never the estimate of a long prompt in its place', () => {
    expect(firstTokenAfter(speed({}), 34)).toBeNull()
    expect(firstTokenAfter(speed({ ttftMs: null }), 34)).toBeNull()
  })
})

describe('what it is reckoned from', () => {
  const model = catalogue.find(({ id }) => id === 'Qwen/Qwen3-8B')
  const artifact = model?.artifacts.find(({ id }) => id === 'Q4_K_M')
  if (!model || !artifact) throw new Error('not in the catalogue')
  const size = sizeOfArtifact(model, artifact)
  const on = (machine: ReturnType<typeof machineOf>, backend: string, own: { ttftMs: number; promptTokens: number } | null = null) => {
    const placed = {
      machine,
      model: size,
      contextTokens: 4096,
      slots: 1,
      backend,
      engine: llamaCpp.facts.memory,
      kvQuantisation: 'f16' as const,
    }
    return shortPromptOf({ machine, model: size, backend, placement: place(placed), threads: 4 }, 50, own)
  }

  test('is the rate of prompts and a step of decoding; a card reads them many times as fast as a processor', () => {
    const card = on(machineOf({ gpus: [gpuOf({ vramMiB: 24_576, vramFreeMiB: 24_000 })] }), 'cuda')
    const processor = on(machineOf(), 'cpu')
    expect(card?.leastMs).toBe(20)
    expect(card?.tokensPerSecond ?? 0).toBeGreaterThan(10 * (processor?.tokensPerSecond ?? Infinity))
  })

  test('is what the last run had, where there was one: the same prompt is said to take as long', () => {
    const shortPrompt = on(machineOf(), 'cpu', { ttftMs: 180, promptTokens: 17 })
    expect(firstTokenAfter(speed({ ...(shortPrompt && { shortPrompt }) }), 17)?.mid).toBe(180)
    const quick = on(machineOf(), 'cpu', { ttftMs: 20, promptTokens: 17 })
    expect(firstTokenAfter(speed({ ...(quick && { shortPrompt: quick }) }), 17)?.mid).toBe(31)
  })

  test('is nothing where the rate of prompts is not known', () => {
    expect(on(machineOf({ gpus: [gpuOf({ vramMiB: 24_576, vramFreeMiB: 24_000, fp16Tflops: null })] }), 'cuda')).toBeUndefined()
  })
})
