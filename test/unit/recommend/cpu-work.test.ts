import { expect, test } from 'vitest'
import { coreSpeed, coreTime } from '../../../electron/core/recommend/cpu-work'
import { sizeOfArtifact, type ModelSize } from '../../../electron/core/recommend/model-size'
import { place } from '../../../electron/core/recommend/placement'
import { decodeRate } from '../../../electron/core/recommend/speed-model'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { catalogue } from './inputs'
import { machineOf } from './machines'

function engineOf() {
  const runtime = runtimes.find(each => each.id === 'llama.cpp')
  if (!runtime) throw new Error('the registry lacks the engine')
  return runtime.facts.memory
}

function small(): ModelSize {
  const model = catalogue.find(each => each.id === 'HuggingFaceTB/SmolLM2-135M-Instruct')
  const artifact = model?.artifacts.find(each => each.id === 'Q4_1')
  if (!model || !artifact) throw new Error('The catalogue lacks SmolLM2')
  return sizeOfArtifact(model, artifact)
}
const whole = (size: ModelSize) => ({ weights: size.parameters, layers: size.shape.layers, output: true })
const milliseconds = (size: ModelSize) => {
  const { sharedSeconds, aloneSeconds } = coreTime(size, whole(size))
  return (sharedSeconds + aloneSeconds) * 1000
}

const layers = 106_168_320
const table = 28_311_552

/**
 * Files that llama-quantize wrote of SmolLM2-135M (106 million weights in layers, 28 in the table) and gemma-3-270m (100 and 168),
 * and what one token took on one of two AVX-512 cores that read 51 GB/s together, weights in large pages (the lower half of 11 rounds
 * in turn, our own runs, November 2026). The table is Q8_0 in all but F16.
 */
const models = {
  smol: { id: 'HuggingFaceTB/SmolLM2-135M-Instruct', layers, table },
  gemma: { id: 'google/gemma-3-270m', layers: 100_270_080, table: 167_772_160 },
}
const bitsOf: Readonly<Record<string, number>> = { F16: 16, Q8_0: 8.5, Q5_0: 5.5, Q4_1: 5, Q4_0: 4.5 }
const measured: readonly { model: keyof typeof models; type: string; ms: number }[] = [
  ...[{ model: 'smol', type: 'F16', ms: 11.5 } as const, { model: 'smol', type: 'Q8_0', ms: 8.5 } as const],
  ...[{ model: 'smol', type: 'Q5_0', ms: 10.5 } as const, { model: 'smol', type: 'Q4_1', ms: 10.5 } as const],
  ...[{ model: 'smol', type: 'Q4_0', ms: 5.8 } as const, { model: 'gemma', type: 'F16', ms: 21.9 } as const],
  ...[{ model: 'gemma', type: 'Q8_0', ms: 16.6 } as const, { model: 'gemma', type: 'Q5_0', ms: 18.9 } as const],
  ...[{ model: 'gemma', type: 'Q4_0', ms: 14.6 } as const],
]

function fileOf({ model, type }: (typeof measured)[number]): ModelSize {
  const known = catalogue.find(each => each.id === models[model].id)
  const artifact = known?.artifacts[0]
  if (!known || !artifact) throw new Error('The catalogue lacks the model')
  const bits = bitsOf[type] ?? 0
  const bytes = (models[model].layers * bits) / 8
  const parameters = models[model].layers + models[model].table
  return {
    ...sizeOfArtifact(known, artifact),
    ...{ parameters, activeParameters: parameters, quantisation: type, tiedOutput: true },
    weightsBytes: bytes + (models[model].table * (type === 'F16' ? 16 : 8.5)) / 8,
    layerBytes: Array<number>(known.shape.layers).fill(bytes / known.shape.layers),
    matrixBytes: { [type]: bytes },
  }
}

test.each(measured)('$model in $type on one core: $ms ms within 6 %', row => {
  const model = fileOf(row)
  const base = machineOf({ cpu: { physicalCores: 2, logicalCores: 2 }, memory: { bandwidthGBps: 51 } })
  const machine = { ...base, origins: { 'memory.bandwidthGBps': { kind: 'probe' as const, from: 'reading memory' } } }
  const placement = place({ machine, model, backend: 'cpu', engine: engineOf(), contextTokens: 512, slots: 1, kvQuantisation: 'f16' })
  const { tokensPerSecond } = decodeRate({ machine, placement, model, backend: 'cpu', speedFactor: 1, threads: 1, depthTokens: 20 })
  expect(Math.abs(1000 / (tokensPerSecond ?? 0) / row.ms - 1)).toBeLessThan(0.06)
})

test('a file whose header is not known counts by the name of its quantisation; an unknown name by a usual one', () => {
  const time = (quantisation: string) => milliseconds({ ...small(), quantisation })
  expect(time('UD-Q4_K_XL')).toBe(time('Q4_K_M'))
  expect(time('Q4_0')).toBeLessThan(time('Q5_0'))
  expect(time('fp16')).toBe(time('F16'))
  expect(time('4bit')).toBe(time('of tomorrow'))
})

test('an output table of its own is what is multiplied with; the one that is looked up does not count', () => {
  const base = { ...small(), parameters: layers + 2 * table }
  const bytes = (layers * 8.5) / 8
  const tableBytes = (table * 8.5) / 8
  const untied = {
    ...base,
    weightsBytes: bytes + 2 * tableBytes,
    layerBytes: Array<number>(30).fill(bytes / 30),
    matrixBytes: { Q8_0: bytes + tableBytes },
  }
  const mixed = { ...untied, weightsBytes: untied.weightsBytes + tableBytes, matrixBytes: { ...untied.matrixBytes } }
  expect(coreTime(mixed, whole(base)).sharedSeconds).toBeCloseTo(coreTime(untied, whole(base)).sharedSeconds, 9)
})

test('only what lies on the CPU counts, and only a CPU alone chooses the token', () => {
  const part = coreTime(small(), { weights: 1e6, layers: 1, output: false })
  const all = coreTime(small(), { weights: 1e6, layers: 1, output: true })
  expect(part.sharedSeconds).toBe(all.sharedSeconds)
  expect((all.aloneSeconds - part.aloneSeconds) * 1e9).toBeCloseTo(6.8 * small().shape.vocabulary, 3)
})

test.each([
  [{ vendor: 'AuthenticAMD', model: 'AMD EPYC' }, 1],
  [{ vendor: 'GenuineIntel', model: 'Intel(R) Xeon(R) Platinum 8480+' }, 1],
  [{ vendor: 'AuthenticAMD', model: 'AMD Ryzen 9 7950X 16-Core Processor' }, 1.4],
  [{ vendor: 'GenuineIntel', model: '13th Gen Intel(R) Core(TM) i9-13900K' }, 1.4],
  [{ vendor: 'Apple', model: 'Apple M2 Max' }, 1.2],
  [{ vendor: null, model: 'Cortex-A76' }, 1],
  [{ vendor: null, model: null }, 1],
])('a core of %j counts as %s', (cpu, speed) => {
  expect(coreSpeed(cpu)).toBe(speed)
})
