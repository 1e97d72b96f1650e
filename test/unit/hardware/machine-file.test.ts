import { describe, expect, test } from 'vitest'
import { machineFromFile } from '../../../electron/core/machine-file'
import { gpuOf, machineOf } from '../recommend/machines'

const read = (value: unknown) => machineFromFile(value, 'machine.json')

describe('a machine from a file', () => {
  test('a whole one stays as it is', () => {
    const machine = machineOf({ gpus: [gpuOf({})] })
    expect(read(machine)).toEqual(machine)
    expect(read({ machine, need: {}, decisions: [] })).toEqual(machine)
  })

  test('a name alone is enough: the rest is derived, looked up, or unknown with the reason', () => {
    const machine = read({ gpus: [{ name: 'NVIDIA GeForce RTX 3060', vramMiB: 12_288 }] })
    const [gpu] = machine.gpus
    expect(machine.os).toMatchObject({ platform: 'linux', arch: 'x64' })
    expect(gpu).toMatchObject({
      id: 'gpu0',
      vendor: 'nvidia',
      memoryKind: 'dedicated',
      usable: true,
      bandwidthGBps: 360,
      computeCapability: '8.6',
    })
    expect(machine.origins['gpus.gpu0.bandwidthGBps']?.kind).toBe('table')
    expect(machine.unknown['memory.totalMiB']).toBe('The machine file does not say.')
    expect(machine.unknown['gpus.gpu0.driver']).toBe('The machine file does not say.')
    expect(machine.unknown).not.toHaveProperty('gpus.gpu0.bandwidthGBps')
  })

  test('an Apple chip makes it a Mac, and graphics inside a processor give way to a card', () => {
    expect(read({ gpus: [{ name: 'Apple M4 Pro' }] }).os).toMatchObject({ platform: 'darwin', arch: 'arm64' })
    const both = read({
      gpus: [
        { name: 'Intel UHD Graphics', integrated: true },
        { name: 'Radeon RX 7600', integrated: false },
      ],
    })
    expect(both.gpus.map(gpu => [gpu.vendor, gpu.usable])).toEqual([
      ['intel', false],
      ['amd', true],
    ])
    expect(both.gpus[0]?.whyNot).toMatch(/shares the memory/)
  })

  test.each([
    [[], /one JSON object/],
    ['text', /one JSON object/],
    [{ unrelated: 1 }, /none of its fields is known/],
    [{ gpus: [{ name: 'RTX 3060', vramMiB: '12 GB' }] }, /gpus\.0\.vramMiB/],
    [{ os: { platform: 'beos' } }, /os\.platform/],
    [{ memory: 5 }, /memory/],
    [{ gpus: {} }, /gpus/],
    [{ gpus: [7] }, /gpus\.0/],
  ])('%j is refused with what is wrong', (value, why) => {
    expect(() => read(value)).toThrow(why)
  })
})
