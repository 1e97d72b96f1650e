import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { groupOf } from '../../../electron/core/recommend/speed-factors'
import { factorsBy } from '../../bench/predict/leave-out'
import { caseOf, predict } from '../../bench/predict/predict'
import { readRows } from '../../bench/predict/rows'
import { by } from '../../bench/predict/score'
import { gpuOf, machineOf } from './machines'

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

describe('kinds of device', () => {
  const kindOf = (name: string, vendor: 'apple' | 'intel' | 'amd' | 'nvidia', backend: string) => {
    const gpu = gpuOf({ name, vendor })
    return groupOf(machineOf({ gpus: [gpu] }), { id: gpu.id, name, kind: 'gpu' }, backend)
  }

  test.each(['Apple M1 Pro', 'Apple M1 Max', 'Apple M1 Ultra', 'M1 Max 32-Core GPU 64GB'])('%s is of the first large Apple chips', name => {
    expect(kindOf(name, 'apple', 'metal')).toBe('metal.first')
  })

  test.each(['Apple M1', 'Apple M2 Max', 'Apple M4 Pro'])('%s is not', name => {
    expect(kindOf(name, 'apple', 'metal')).toBe('metal')
  })

  test.each(['Intel(R) Arc(TM) A770 Graphics', 'Intel(R) Iris(R) Xe Graphics', 'Intel(R) UHD Graphics 770', 'Intel Core Ultra 100 Series'])(
    '%s is from before Xe2',
    name => expect(kindOf(name, 'intel', 'vulkan')).toBe('vulkan.intel'),
  )

  test.each(['Intel(R) Arc(TM) B580 Graphics', 'Intel Arc Pro B50', 'Intel(R) Arc(TM) 140V GPU (16GB)', 'Intel Core Ultra 200 Series'])(
    '%s is not',
    name => expect(kindOf(name, 'intel', 'vulkan')).toBe('vulkan'),
  )

  test('other makers are of one kind by Vulkan', () => {
    expect(kindOf('AMD Radeon RX 6700 XT', 'amd', 'vulkan')).toBe('vulkan')
    expect(kindOf('NVIDIA GeForce RTX 3070', 'nvidia', 'vulkan')).toBe('vulkan')
  })
})
