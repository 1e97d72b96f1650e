import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../electron/core/runtimes/runtime'
import { calibrationFrom, type OwnRun } from '../../../electron/core/recommend/calibration'
import { sizeOfArtifact, type ModelSize } from '../../../electron/core/recommend/model-size'
import { place } from '../../../electron/core/recommend/placement'
import { decodeRate } from '../../../electron/core/recommend/speed-model'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const machine = machineOf({ gpus: [gpuOf({})] })
const [one, other] = runtimes.filter(each => each.facts.formats.includes('gguf') && each.facts.speedFactor['cuda'])

function sizeOf(model: string, artifact: string): ModelSize {
  const entry = catalogue.find(each => each.id === model)
  const found = entry?.artifacts.find(each => each.id === artifact)
  if (!entry || !found) throw new Error(`the catalogue lacks ${model} ${artifact}`)
  return sizeOfArtifact(entry, found)
}
const small = sizeOf('Qwen/Qwen3-8B', 'Q4_K_M')
const large = sizeOf('microsoft/phi-4', 'Q4_K_M')

function rateOf(runtime: Runtime, model: ModelSize): number {
  const placement = place({
    ...{ machine, model, backend: 'cuda', engine: runtime.facts.memory, contextTokens: 4096, slots: 1, kvQuantisation: 'f16' },
  })
  const speedFactor = runtime.facts.speedFactor['cuda'] ?? 1
  return decodeRate({ machine, placement, model, backend: 'cuda', speedFactor, depthTokens: 64 }).tokensPerSecond ?? 0
}

describe('runs on this machine correct estimates', () => {
  if (!one || !other) throw new Error('two engines with CUDA are needed')
  const run = (runtime: Runtime, size: ModelSize, share: number): OwnRun => ({
    ...{ runtime, size, tokensPerSecond: rateOf(runtime, size) * share, contextTokens: 4096 },
  })
  const wanted = { machine, runtime: one, backend: 'cuda', bytes: large.weightsBytes }

  test('nothing was run: nothing is corrected', () => expect(calibrationFrom([], wanted)).toBeNull())

  test('one run carries over to other models of the engine', () => {
    expect(calibrationFrom([run(one, small, 0.7)], wanted)).toBeCloseTo(0.7, 6)
  })

  test('without a run of this engine what the device showed with another one counts; with one it does not', () => {
    expect(calibrationFrom([run(other, small, 0.8)], wanted)).toBeCloseTo(0.8, 6)
    expect(calibrationFrom([run(other, small, 0.8), run(one, small, 0.6)], wanted)).toBeCloseTo(0.6, 6)
  })

  test('of two runs the one nearer in size weighs more', () => {
    const factor = calibrationFrom([run(one, small, 0.5), run(one, large, 1)], wanted) ?? 0
    expect(factor).toBeGreaterThan(0.75)
    expect(factor).toBeLessThan(1)
  })
})
