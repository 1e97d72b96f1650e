import { describe, expect, test } from 'vitest'
import { estimateMemory } from '../../../electron/core/recommend/memory'
import { sizeOfFile } from '../../../electron/core/recommend/model-size'
import type { PlacementInput } from '../../../electron/core/recommend/placement'
import { factsOf, families } from './families'
import { gpuOf, machineOf } from './machines'

/** A start on equal cards, all of which are wanted. */
function splitOver(id: string, cards: { count: number; vramMiB: number }, changes: Partial<PlacementInput>) {
  const family = families.find(each => each.id === id)
  if (!family) throw new Error(`no header of ${id}`)
  const gpus = Array.from({ length: cards.count }, (_, index) =>
    gpuOf({ id: `gpu${index}`, vramMiB: cards.vramMiB, vramFreeMiB: cards.vramMiB - 200, vendor: 'nvidia' }),
  )
  return estimateMemory({
    ...{ machine: machineOf({ gpus }), model: sizeOfFile(factsOf(family), null), contextTokens: 8192, slots: 1 },
    ...{ kvQuantisation: 'f16', backend: 'cuda', engine: { overheadMiB: { cuda: 250 }, reservedShare: null } },
    ...changes,
  })
}

describe('a model over several cards, against what llama.cpp logged of it', () => {
  test('five cards of one size: 13, 13, 13, 13 and 12 layers beside the output, a score matrix on each, where no fewer would hold it', () => {
    // https://github.com/ggml-org/llama.cpp/issues/12369: a 32B of this shape, 32,768 tokens, no flash attention.
    const { devices, fits } = splitOver(
      'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
      { count: 5, vramMiB: 12_800 },
      { contextTokens: 32_768, flashAttention: false },
    )
    expect(fits).toBe(true)
    expect(devices.map(each => each.kvMiB)).toEqual([1664, 1664, 1664, 1664, 1536])
    for (const { computeMiB } of devices) expect(Math.abs(computeMiB - 2664)).toBeLessThan(64)
  })

  test('two cards: the output counts as a layer of the last', () => {
    // Two A40 with SmolLM2 at 8,192 tokens: 16 and 14 of 30 layers.
    const { devices } = splitOver('HuggingFaceTB/SmolLM2-135M-Instruct', { count: 2, vramMiB: 46_068 }, { leastGpus: 2 })
    expect(devices.map(each => each.kvMiB)).toEqual([96, 84])
  })

  test('unequal cards take layers by what is free on each, and the parts of each sum to it', () => {
    const { devices, layers, gpuLayers } = splitOver('meta-llama/Llama-3.3-70B-Instruct', { count: 4, vramMiB: 24_564 }, {})
    expect(gpuLayers).toBe(layers)
    for (const { totalMiB, weightsMiB, kvMiB, computeMiB, overheadMiB, othersMiB, freeMiB } of devices)
      expect(weightsMiB + kvMiB + computeMiB + overheadMiB + othersMiB + freeMiB).toBeCloseTo(totalMiB, 0)
  })
})
