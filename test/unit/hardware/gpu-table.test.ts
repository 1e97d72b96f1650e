import { describe, expect, test } from 'vitest'
import { findGpu } from '../../../electron/core/hardware/gpu-table'
import gpus from '../../../resources/knowledge/gpus.json'

const nvidia = (name: string, vramMiB: number | null = null) => findGpu({ vendor: 'nvidia', name, vramMiB })?.name ?? null

describe('the GPU table is asked by the names that tools print', () => {
  test.each([
    ['NVIDIA GeForce RTX 4090', 24564, 'GeForce RTX 4090'],
    ['NVIDIA GeForce RTX 4070 Laptop GPU', 8188, 'GeForce RTX 4070 Mobile'],
    ['NVIDIA GeForce RTX 4060 Ti', 16380, 'GeForce RTX 4060 Ti 16 GB'],
    ['NVIDIA GeForce RTX 4060 Ti', 8188, 'GeForce RTX 4060 Ti 8 GB'],
    ['NVIDIA H100 80GB HBM3', 81559, 'H100 SXM5 80 GB'],
    ['NVIDIA H100 PCIe', 81559, 'H100 PCIe 80 GB'],
    ['NVIDIA H100 NVL', 95830, 'H100 NVL 94 GB'],
    ['NVIDIA H200', 143771, 'H200 SXM 141 GB'],
    ['NVIDIA A100-SXM4-80GB', 81920, 'A100 SXM4 80 GB'],
    ['NVIDIA A100 80GB PCIe', 81920, 'A100 PCIe 80 GB'],
    ['Tesla V100-SXM2-32GB', 32768, 'Tesla V100 SXM2 32 GB'],
    ['NVIDIA L40S', 46068, 'L40S'],
    ['NVIDIA RTX 6000 Ada Generation', 49140, 'RTX 6000 Ada Generation'],
    ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 97887, 'RTX PRO 6000 Blackwell'],
    ['NVIDIA GB10', null, 'GB10'],
    ['NVIDIA GeForce RTX 3050 Ti Laptop GPU', 4096, 'GeForce RTX 3050 Ti Mobile'],
    ['Graphics Device', 6144, null],
  ])('%s with %s MiB', (name, vramMiB, expected) => {
    expect(nvidia(name, vramMiB)).toBe(expected)
  })

  test('names with alternatives are settled by memory, or not at all', () => {
    const ask = (vramMiB: number | null) =>
      findGpu({ vendor: 'amd', name: 'Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M]', vramMiB })?.name ?? null
    expect([ask(24560), ask(20464), ask(null)]).toEqual(['Radeon RX 7900 XTX', 'Radeon RX 7900 XT', null])
  })

  test.each([
    ['Apple M4 Pro', 20, 273, 8.6],
    ['Apple M4 Max', 32, 410, 13.8],
    ['Apple M3 Ultra', 60, 819, 21.3],
    ['Apple M1', 7, 68, 2.3],
  ])('%s with %d cores', (name, gpuCores, ...[bandwidthGBps, fp16Tflops]) => {
    expect(findGpu({ vendor: 'apple', name, vramMiB: null, gpuCores })).toMatchObject({ bandwidthGBps, fp16Tflops })
  })

  test.each([
    ['Apple M4 Max', 16, 40, 546],
    ['Apple M4 Max', 14, 32, 410],
    ['Apple M3 Max', 16, 40, 400],
    ['Apple M3 Max', 14, 30, 300],
    ['Apple M4 Pro', 14, 20, 273],
    // Two sizes of GPU, or none that is known: the slower.
    ['Apple M5 Max', 18, 32, 460],
    ['Apple M4 Max', null, 32, 410],
  ])('%s known by %s cores of its processor has %d of the GPU', (name, cpuCores, ...[gpuCores, bandwidthGBps]) => {
    expect(findGpu({ vendor: 'apple', name, vramMiB: null, cpuCores })).toMatchObject({ gpuCores, bandwidthGBps })
    // What was read of the GPU itself counts.
    expect(findGpu({ vendor: 'apple', name, vramMiB: null, cpuCores, gpuCores: 40 })?.gpuCores).toBe(40)
  })

  test.each([
    ['NVIDIA GB200', 189_471, 186, '10.0'],
    ['NVIDIA GB300', 284_208, 279, '10.3'],
  ])('%s with %d MiB', (name, vramMiB, ...[vramGb, computeCapability]) => {
    const listed = { vramGb, bandwidthGBps: 8000, computeCapability, memoryType: 'HBM3e' }
    expect(findGpu({ vendor: 'nvidia', name, vramMiB })).toMatchObject(listed)
  })

  test('other vendors', () => {
    expect(findGpu({ vendor: 'intel', name: 'Intel(R) Arc(TM) B580 Graphics', vramMiB: null })?.bandwidthGBps).toBe(456)
    expect(findGpu({ vendor: 'amd', name: 'AMD Instinct MI300X', vramMiB: 196592 })?.bandwidthGBps).toBe(5300)
    expect(findGpu({ vendor: 'amd', name: 'Radeon 8060S Graphics', vramMiB: null })?.bandwidthGBps).toBe(256)
  })
})

describe('every name of the table', () => {
  const spellings = (name: string) => [name, `NVIDIA ${name}`, name.toUpperCase(), name.replace(/ (\d+) GB$/, '-$1GB')]

  test.each(gpus.filter(entry => entry.vendor !== 'apple' && entry.vramGb !== null))('$name is itself and no neighbour', entry => {
    const vramMiB = (entry.vramGb ?? 0) * 1024
    const vendor = entry.vendor as 'nvidia' | 'amd' | 'intel'
    for (const name of spellings(entry.name)) {
      const found = findGpu({ vendor, name, vramMiB })
      expect([found?.name, found?.bandwidthGBps], name).toEqual([entry.name, entry.bandwidthGBps])
    }
    // A suffix makes it another card, which is in the table under its own name or not at all.
    for (const suffix of ['Ti', 'SUPER', 'XTX', 'Laptop GPU', 'D', 'with Max-Q Design']) {
      const found = findGpu({ vendor, name: `${entry.name} ${suffix}`, vramMiB })
      expect(found?.name, suffix).not.toBe(entry.name)
    }
  })
})
