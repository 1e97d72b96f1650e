import { describe, expect, test } from 'vitest'
import { groupOf } from '../../../electron/core/recommend/speed-factors'
import { gpuOf, machineOf } from './machines'

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
