import { expect, test } from 'vitest'
import type { Proof } from '../../../electron/contract/instance'
import { betterOf, compareBuilds, mayBeNoise } from '../../../electron/core/builds/compare-builds'
import { belowFloor, compareVersions } from '../../../electron/core/builds/security-floor'
import type { Trial } from '../../../electron/core/stack/stack.types'

const trial = (changes: Partial<Proof> = {}, startMs = 800): Trial => ({
  startMs,
  proof: {
    placement: { text: '33 of 33 layers on the GPU', gpuLayers: 33, layers: 33, verified: true, how: 'log' },
    memoryMiB: 500,
    memoryHow: 'system',
    ttftMs: 20,
    decodeTokensPerSecond: 100,
    contextTokens: 1024,
    threads: 4,
    golden: { asked: 303, right: 303, wrong: [] },
    why: [],
    at: '',
    ...changes,
  },
})
const onCpu = { text: 'on the CPU', gpuLayers: 0, layers: 33, verified: true, how: 'log' }

const cases: readonly (readonly [string, Partial<Proof>, boolean, string | null])[] = [
  ['the same figures', {}, true, null],
  ['a faster one', { decodeTokensPerSecond: 150 }, true, 'decode'],
  ['one a little slower, within the noise', { decodeTokensPerSecond: 92 }, true, null],
  ['one more than a tenth slower', { decodeTokensPerSecond: 85 }, false, 'decode'],
  ['one wrong answer', { golden: { asked: 303, right: 302, wrong: ['x'] } }, false, 'golden'],
  ['answers that did not come to their end', { golden: null }, false, 'golden'],
  ['a TTFT that doubled within the noise', { ttftMs: 60 }, true, null],
  ['a TTFT that is much longer', { ttftMs: 200 }, false, 'ttft'],
  ['much more memory', { memoryMiB: 900 }, false, 'memory'],
  ['a fall to the CPU', { placement: onCpu }, false, 'placement'],
  ['a speed that could not be measured', { decodeTokensPerSecond: null }, true, null],
]

test.each(cases)('%s', (_name, ...[changes, holds, what]) => {
  const compared = compareBuilds(trial(), trial(changes))
  expect(compared.holds).toBe(holds)
  const odd = compared.figures.filter(each => each.verdict === 'worse' || each.verdict === 'better').map(each => each.what)
  expect(odd).toEqual(what === null ? [] : [what])
  expect(compared.why.length > 0).toBe(!holds)
})

test('what could not be tried never holds, and an old build that fails does not stop a good one', () => {
  expect(compareBuilds(trial(), null)).toMatchObject({ holds: false, figures: [] })
  const compared = compareBuilds(null, trial())
  expect(compared.holds).toBe(true)
  expect(compared.why).toEqual(['The build before it could not be tried: there is nothing to compare with.'])
  const better = compareBuilds(trial({ golden: { asked: 303, right: 4, wrong: [] } }), trial())
  expect(better.figures[0]).toMatchObject({ what: 'golden', verdict: 'better' })
})

test.each([
  ['b8145', 'b8146', -1],
  ['b8146', 'b8146', 0],
  ['b11669', 'b8146', 1],
  ['0.9.1', '0.35.0', -1],
  ['v0.35.0', '0.35', 0],
  ['2026.9.1', '2026.10.1', -1],
])('%s beside %s', (left, right, sign) => {
  expect(Math.sign(compareVersions(left, right) ?? Number.NaN)).toBe(sign)
})

test('versions that are counted in different ways are not compared, and a floor warns in words', () => {
  expect(compareVersions('2026.10.11549', 'b8146')).toBeNull()
  expect(compareVersions('nightly', '1.0')).toBeNull()
  const runtime = { securityFloor: { version: 'b8146', why: 'It has a hole.', source: 'https://example.org' } }
  expect(belowFloor(runtime, { version: 'b8000', title: 'server b8000' })).toBe(
    'server b8000 is older than b8146. It has a hole. Update it.',
  )
  expect(belowFloor(runtime, { version: 'b9000', title: 'x' })).toBeNull()
  expect(belowFloor(runtime, { version: null, title: 'x' })).toBeNull()
  expect(belowFloor({}, { version: 'b1', title: 'x' })).toBeNull()
})

test('a lower speed alone is worth a second look, of which the better figures count', () => {
  const slow = trial({ decodeTokensPerSecond: 50, ttftMs: 300 }, 5_000)
  expect(mayBeNoise(compareBuilds(trial(), slow))).toBe(true)
  expect(mayBeNoise(compareBuilds(trial(), trial({ decodeTokensPerSecond: 50, memoryMiB: 5_000 })))).toBe(false)
  expect(mayBeNoise(compareBuilds(trial(), trial()))).toBe(false)
  const better = betterOf(slow, trial({ decodeTokensPerSecond: null }))
  expect(better).toMatchObject({ startMs: 800, proof: { decodeTokensPerSecond: 50, ttftMs: 20 } })
  expect(compareBuilds(trial(), betterOf(slow, trial())).holds).toBe(true)
})
