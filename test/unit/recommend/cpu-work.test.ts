import { expect, test } from 'vitest'
import { coreTime } from '../../../electron/core/recommend/cpu-work'
import { sizeOfArtifact, type ModelSize } from '../../../electron/core/recommend/model-size'
import { catalogue } from './inputs'

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

/**
 * Matrices of files that llama-quantize wrote of SmolLM2 (106 million weights in layers, 28 in the table, which is Q8_0 in all
 * but F16), and what one token took on one AVX-512 core (the lower fifth of 21 rounds).
 */
const layers = 106_168_320
const table = 28_311_552
const measured: readonly { type: string; bits: number; tableBits: number; ms: number }[] = [
  { type: 'F16', bits: 16, tableBits: 16, ms: 11.6 },
  { type: 'Q8_0', bits: 8.5, tableBits: 8.5, ms: 8.5 },
  { type: 'Q5_0', bits: 5.5, tableBits: 8.5, ms: 11.1 },
  { type: 'Q4_1', bits: 5, tableBits: 8.5, ms: 10.9 },
  { type: 'Q4_0', bits: 4.5, tableBits: 8.5, ms: 6.1 },
]

test.each(measured)('SmolLM2 in $type on one core: $ms ms within 10 %', ({ type, bits, tableBits, ms }) => {
  const bytes = (layers * bits) / 8
  const weightsBytes = bytes + (table * tableBits) / 8
  const size = {
    ...small(),
    parameters: layers + table,
    weightsBytes,
    layerBytes: Array<number>(30).fill(bytes / 30),
    matrixBytes: { [type]: bytes },
  }
  expect(Math.abs(milliseconds(size) / ms - 1)).toBeLessThan(0.1)
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
  expect((all.aloneSeconds - part.aloneSeconds) * 1e9).toBeCloseTo(9.5 * small().shape.vocabulary, 3)
})
