import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { factorsBy } from '../bench/predict/leave-out'
import { caseOf, predict } from '../bench/predict/predict'
import { readRows } from '../bench/predict/rows'
import { by } from '../bench/predict/score'

describe('ranges of speed', () => {
  test('hold four of five published runs on each backend, with the device left out of fit and range', () => {
    const cases = readRows(join(process.cwd(), 'resources', 'knowledge', 'published-perf.csv'))
      .filter(row => row.tier === 'A')
      .map(caseOf)
    const factorsOf = factorsBy(cases, ({ deviceKey }) => deviceKey)
    const scored = cases.map(each => ({ each, predicted: predict(each, factorsOf(each.deviceKey)) }))
    const scores = by(scored, ({ each }) => each.backend)
    expect(Object.keys(scores).sort()).toEqual(['cuda', 'metal', 'rocm', 'vulkan'])
    for (const { coverage, median } of Object.values(scores)) {
      expect(coverage).toBeGreaterThanOrEqual(80)
      expect(median).toBeLessThan(15)
    }
  }, 60_000)
})
