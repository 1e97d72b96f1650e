import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../electron/core/hardware/hardware.types'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { readRecording } from '../../../electron/core/hardware/recording'
import { machineFolder } from '../../fixtures/machines/expect'

/** The other makers' lines: one test per line of the notes "Surprising formats", named as the line is. */
const machineOf = (...texts: readonly (readonly [string, string])[]) =>
  parseMachine(
    texts.map(([fileName, text]): Reading => ({
      ...{ fileName, text },
      run: { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' },
    })),
    { platform: null, detectedAt: null },
  )
const gpusOf = (fileName: string, text: string) => machineOf([fileName, text]).gpus

describe('AMD', () => {
  test('all values of the json are strings, spellings changed, ROCm 4.3 gives 0x1002, a warning comes first', () => {
    const of = (keys: string) =>
      gpusOf(
        'rocm-smi.json',
        `WARNING: AMD GPU device(s) is/are in a low-power state.\n{"card0": {${keys}, "VRAM Total Memory (B)": "25753026560"}, "system": {"Driver version": "6.7.0"}}`,
      )
    expect(of('"Card series": "AMD Radeon RX 7900 XTX"')).toMatchObject([{ name: 'AMD Radeon RX 7900 XTX', driver: '6.7.0' }])
    expect(of('"Card Series": "AMD Radeon RX 7900 XTX"')).toMatchObject([{ vramMiB: 24560 }])
    expect(of('"GPU ID": "0x744c", "Card series": "0x1002"')).toMatchObject([{ name: 'AMD Radeon RX 7900 XTX' }])
  })

  test('the csv drops the comma in the vendor', () => {
    const csv =
      'device,VRAM Total Memory (B),VRAM Total Used Memory (B),Card Series,Card Model,Card Vendor\ncard0,25753026560,27262976,AMD Radeon RX 7900 XTX,0x744c,Advanced Micro Devices Inc. [AMD/ATI]\n'
    expect(gpusOf('rocm-smi.csv', csv)).toMatchObject([{ name: 'AMD Radeon RX 7900 XTX', vramMiB: 24560, vramFreeMiB: 24534 }])
  })

  test('bytes, "MB" meaning MiB (wrapped in gpu_data or not) and "KB" meaning KiB', () => {
    const one = '{"gpu": 0, "asic": {"market_name": "AMD Instinct MI300X"}, "vram": {"size": {"value": 196592, "unit": "MB"}}}'
    for (const text of [`[${one}]`, `{"gpu_data": [${one}]}`])
      expect(gpusOf('amd-smi-static.json', text)).toMatchObject([{ vramMiB: 196592 }])
    const agent =
      'HSA Agents\n*******\nAgent 2\n*******\n  Name:                    gfx1100\n  Marketing Name:          Radeon RX 7900 XTX\n      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n      Size:                    25149440(0x17fc000) KB\n'
    expect(gpusOf('rocminfo.txt', agent)).toMatchObject([{ vramMiB: 24560, rocmTarget: 'gfx1100' }])
  })

  test('Strix Halo: three sources disagree and may exceed the memory; the NPU is no GPU', async () => {
    const machine = await readRecording(machineFolder('strix-halo-128gb'))
    expect(machine.gpus).toMatchObject([{ integrated: true, memoryKind: 'unified' }])
    expect(machine.gpus[0]?.vramMiB).toBeLessThanOrEqual(machine.memory.totalMiB ?? 0)
    const npu =
      'HSA Agents\n*******\nAgent 1\n*******\n  Name:                    gfx1151\n  Vendor Name:             AMD\n  Memory Properties:       APU\n*******\nAgent 2\n*******\n  Name:                    aie2p\n  Vendor Name:             AMD\n'
    expect(machineOf(['rocminfo.txt', npu])).toMatchObject({ gpus: [{ integrated: true }], npus: [{ name: 'AMD XDNA (aie2p)' }] })
  })

  test('the larger pool is the one inside the processor: the card is still the first', () => {
    const agent = (index: number, name: string, size: number) =>
      `*******\nAgent ${index}\n*******\n  Name:                    ${name}\n      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n      Size:                    ${size}(0x1) KB\n`
    const { gpus } = machineOf(['rocminfo.txt', `HSA Agents\n${agent(2, 'gfx1036', 31689264)}${agent(3, 'gfx1201', 16695296)}`])
    expect(gpus).toMatchObject([
      { rocmTarget: 'gfx1201', vramMiB: 16304, usable: true },
      { integrated: true, usable: false },
    ])
  })

  test('kfd: local_mem_size 0, size in the bank, gfx_target_version in decimal pairs', () => {
    const text =
      'nodes/2/properties: gfx_target_version 90402\nnodes/2/properties: local_mem_size 0\nnodes/2/properties: device_id 29857\nnodes/2/mem_banks/0/properties: size_in_bytes 25767706624\nnodes/2/mem_banks/0/properties: heap_type 1\n'
    expect(gpusOf('sysfs-kfd.txt', text)).toMatchObject([{ rocmTarget: 'gfx942', vramMiB: 24574 }])
  })
})

describe('other makers and systems', () => {
  test('vulkaninfo lists llvmpipe, with warnings first and no memory', async () => {
    const { gpus } = await readRecording(machineFolder('rx7900xtx-vulkan-only'))
    expect(gpus.map(gpu => [gpu.name, gpu.vulkan])).toEqual([['AMD Radeon RX 7900 XTX', true]])
  })

  test('Windows: 4293918720 is the cap, registry sub-keys are not 0000, the closing line is French', async () => {
    const { gpus } = await readRecording(machineFolder('gtx1650-wmic'))
    expect(gpus.map(gpu => [gpu.name, gpu.vramMiB])).toEqual([
      ['NVIDIA GeForce GTX 1650', 4096],
      ['Intel(R) UHD Graphics 630', null],
    ])
  })

  test.each([
    ['"proc 8:4:4"', [8, 4, 4]],
    ['"proc 24:16:8:0"', [24, 16, 8]],
  ])('Apple: number_processors %s', (value, [physicalCores, performanceCores, efficiencyCores]) => {
    const json = `2025-01-01 system_profiler[1:2] hw.cpufamily: 0x17d5b93a\n{ "SPHardwareDataType" : [ { "chip_type" : "Apple M3 Ultra", "number_processors" : ${value}, "physical_memory" : "64 GB" } ],\n "SPDisplaysDataType" : [ { "_name" : "kHW_AppleM3Item", "sppci_cores" : "60", "sppci_model" : "Apple M3 Ultra", "spdisplays_mtlgpufamilysupport" : "spdisplays_metal3" } ] }`
    expect(machineOf(['system_profiler.json', json])).toMatchObject({
      cpu: { physicalCores, performanceCores, efficiencyCores },
      memory: { totalMiB: 65536 },
      gpus: [{ name: 'Apple M3 Ultra', metal: 'Metal 3', memoryKind: 'unified' }],
    })
  })

  test('Apple: an Intel virtual machine counts 4 and has 22.63 GB; "4 Performance" is a core like any', () => {
    const vm = '{ "SPHardwareDataType" : [ { "cpu_type" : "Unknown", "number_processors" : 4, "physical_memory" : "22.63 GB" } ] }'
    expect(machineOf(['x.json', vm])).toMatchObject({ cpu: { physicalCores: 4 }, memory: { totalMiB: 23173 } })
    const text = '      Chip: Apple M5\n      Total Number of Cores: 10 (4 Performance and 6 Efficiency)\n      Memory: 32 GB\n'
    expect(machineOf(['SPHardwareDataType.txt', text]).cpu).toMatchObject({ performanceCores: 4, efficiencyCores: 6 })
  })

  test.each([
    ['0', 43690, null],
    ['0 -> 58000', 58000, 58000],
  ])('Apple: iogpu.wired_limit_mb %s', (limit, vramMiB, wiredLimitMiB) => {
    const text = `machdep.cpu.brand_string: Apple M2 Max\nhw.memsize: ${(vramMiB === 43690 ? 65535 : 65536) * 1_048_576}\niogpu.wired_limit_mb: ${limit}\n`
    const [gpu] = gpusOf('sysctl.txt', text)
    expect(gpu?.wiredLimitMiB).toBe(wiredLimitMiB)
    if (wiredLimitMiB !== null) expect(gpu?.vramMiB).toBe(vramMiB)
  })

  test.each([
    ['2871 / 32768', 100, 29897],
    ['15503/ 65536', 118, 50033],
  ])('npu-smi: %s in a table %d wide, and "-" for the power of a second chip', (usage, width, vramFreeMiB) => {
    const pad = (line: string) => line.padEnd(width - 1).concat('|')
    const text = [
      pad('| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)'),
      pad('| 0     910B4               | OK            | -           36                0    / 0'),
      pad(`| 0                         | 0000:C1:00.0  | 0           0    / 0          ${usage}`),
    ].join('\n')
    expect(gpusOf('npu-smi-info.txt', text)).toMatchObject([{ name: 'Ascend 910B4', vramFreeMiB }])
  })

  test.each(['', '03-14-2025 10:11:12 '])('tegrastats: date prefix "%s", MB meaning MiB, cores off', date => {
    const { memory } = machineOf(['tegrastats.txt', `${date}RAM 2345/7620MB (lfb 4x4MB) CPU [2%@1190,off]`])
    expect(memory).toMatchObject({ totalMiB: 7620, availableMiB: 5275 })
  })

  test('xpu-smi: no GPU found, survivability mode, strings in bytes, a bare device number as the name', () => {
    expect(gpusOf('xpu-smi.txt', 'No GPU devices found.\n')).toEqual([])
    expect(machineOf(['xpu-smi.txt', '  0             Device State: survivability mode\n']).warnings.map(each => each.code)).toContain(
      'intel-survivability',
    )
    const json =
      '{"device_list": [{"device_name": "Intel(R) Graphics [0xe211]", "memory_physical_size_byte": "25669140480", "pci_device_id": "0xe211"}]}'
    expect(gpusOf('xpu-smi.json', json)).toMatchObject([{ vramMiB: 24480, integrated: false, bandwidthGBps: 456 }])
  })

  test('ARM has no model name; lscpu indents and prints "Socket(s): -"; memory.max is max or bytes', async () => {
    const board = await readRecording(machineFolder('raspberry-pi-5'))
    expect(board.cpu).toMatchObject({ model: 'Cortex-A76', physicalCores: 4 })
    const limit = (value: string) =>
      machineOf(['cgroup-memory.max.txt', value], ['proc-meminfo.txt', 'MemTotal: 16777216 kB\nMemAvailable: 16000000 kB\n']).memory
        .limitMiB
    expect([limit('max\n'), limit('8589934592\n')]).toEqual([null, 8192])
  })
})
