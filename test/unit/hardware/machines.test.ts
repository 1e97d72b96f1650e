import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineSchema } from '../../../electron/contract/machine'
import { readRecording } from '../../../electron/core/hardware/recording'
import { machineFolder, machineNames } from '../../fixtures/machines/expect'

const withExpectation = [
  'rtx4090-linux',
  'rtx3090x2-unequal',
  'rx7900xtx-linux',
  'm4pro-64gb',
  'win11-rtx4070',
  'laptop-16gb-igpu',
  'cpu-server-cgroup',
  'this-vm',
]

describe('machines whose every value is known', () => {
  test.each(withExpectation)('%s', async name => {
    const { os, cpu, memory, gpus, warnings } = await readRecording(machineFolder(name))
    const expected: unknown = JSON.parse(readFileSync(join(machineFolder(name), 'expected.json'), 'utf8'))
    expect({ os, cpu, memory, gpus, warnings: warnings.map(warning => warning.code) }).toEqual(expected)
  })
})

/** Name and memory of every GPU, as the sources of each folder say. */
const gpusOf: Readonly<Record<string, readonly (readonly [name: string, vramMiB: number | null])[]>> = {
  'wsl2-rtx4070': [['NVIDIA GeForce RTX 4070', 12282]],
  'h100x4-linux': Array.from({ length: 4 }, () => ['NVIDIA H100 80GB HBM3', 81559] as const),
  'h100-mig': [['NVIDIA H100 80GB HBM3', 81559]],
  'mi300x-linux': Array.from({ length: 8 }, () => ['AMD Instinct MI300X', 196592] as const),
  'strix-halo-128gb': [['Radeon 8060S Graphics', 98304]],
  'arc-b580-linux': [['Intel Arc B580', 12288]],
  'gb10-linux': [['NVIDIA GB10', 122566]],
  'm1-8gb': [['Apple M1', 5461]],
  'm3ultra-256gb': [['Apple M3 Ultra', 73728]],
  'laptop-4gb-dgpu': [
    ['NVIDIA GeForce RTX 3050 Ti Laptop GPU', 4096],
    ['Intel(R) UHD Graphics', null],
  ],
  'rx7900xtx-vulkan-only': [['AMD Radeon RX 7900 XTX', 24576]],
  'ascend-910b': [
    ['Ascend 910B4', 32768],
    ['Huawei Device d802', null],
  ],
  'raspberry-pi-5': [],
}

describe('machines put together from several captures', () => {
  test.each(Object.entries(gpusOf))('%s', async (name, expected) => {
    const machine = await readRecording(machineFolder(name))
    expect(machine.gpus.map(gpu => [gpu.name, gpu.vramMiB])).toEqual(expected)
  })

  test('MIG devices have profile and memory, from two tools', async () => {
    const [gpu] = (await readRecording(machineFolder('h100-mig'))).gpus
    expect(gpu?.migEnabled).toBe(true)
    expect(gpu?.migInstances).toEqual([
      { profile: '3g.40gb', memoryMiB: 40448 },
      { profile: '2g.20gb', memoryMiB: 20096 },
      { profile: '1g.10gb', memoryMiB: 9984 },
      { profile: '1g.10gb', memoryMiB: 9984 },
    ])
  })

  test('WSL is known by the two versions that nvidia-smi prints', async () => {
    const machine = await readRecording(machineFolder('wsl2-rtx4070'))
    expect(machine.os).toMatchObject({ platform: 'linux', wsl: true })
    expect(machine.gpus[0]).toMatchObject({ driver: '576.80', cudaVersion: '12.9', usable: true })
  })

  test('the GPU of GB10 uses the memory of the machine', async () => {
    const machine = await readRecording(machineFolder('gb10-linux'))
    expect(machine.gpus[0]).toMatchObject({
      memoryKind: 'unified',
      vramFreeMiB: 118884,
      busId: '000f:01:00.0',
      computeCapability: '12.1',
      bandwidthGBps: 273,
    })
    expect(machine.cpu).toMatchObject({ physicalCores: 20, performanceCores: 10, efficiencyCores: 10 })
  })
})

describe('every machine', () => {
  test.each(machineNames)('%s is whole: null values have a reason, unusable GPUs too', async name => {
    const machine = machineSchema.parse(await readRecording(machineFolder(name)))
    const paths: (readonly [string, unknown])[] = [
      ['memory.totalMiB', machine.memory.totalMiB],
      ['memory.availableMiB', machine.memory.availableMiB],
      ['memory.bandwidthGBps', machine.memory.bandwidthGBps],
      ['cpu.model', machine.cpu.model],
      ['os.name', machine.os.name],
      ...machine.gpus.flatMap(gpu =>
        (['vramMiB', 'vramFreeMiB', 'bandwidthGBps', 'driver', 'busId'] as const).map(key => [`gpus.${gpu.id}.${key}`, gpu[key]] as const),
      ),
    ]
    for (const [path, value] of paths) expect(value === null ? machine.unknown[path] : machine.origins[path], path).toBeTruthy()
    for (const gpu of machine.gpus) expect(gpu.usable).toBe(gpu.whyNot === null)
    expect(machine.gpus.map(gpu => gpu.id)).toEqual(machine.gpus.map((_, index) => `gpu${index}`))
  })
})
