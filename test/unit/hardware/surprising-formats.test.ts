import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../electron/core/hardware/hardware.types'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { readRecording } from '../../../electron/core/hardware/recording'
import { machineFolder } from '../../fixtures/machines/expect'

/** One test per line of the notes "Surprising formats", named as the line is. */
const machineOf = (...texts: readonly (readonly [string, string])[]) =>
  parseMachine(
    texts.map(([fileName, text]): Reading => ({
      ...{ fileName, text },
      run: { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' },
    })),
    { platform: null, detectedAt: null },
  )
const gpusOf = (fileName: string, text: string) => machineOf([fileName, text]).gpus
const row = (name: string, memory: string, { mode = 'Off', bus = '00000000:01:00.0', ecc = 'N/A', mig = 'N/A' } = {}) =>
  `| NVIDIA-SMI 580.65.06              Driver Version: 580.65.06      CUDA Version: 13.0     |
|   0  ${name}    ${mode} |   ${bus} Off |                  ${ecc} |
| N/A   40C    P8              4W /  300W | ${memory} |      0%      Default |
|                                         |                        |                  ${mig} |`

describe('nvidia-smi', () => {
  test('memory is Not Supported, [N/A] or N/A on GB10 and Orin: the machine has it', () => {
    const meminfo = ['proc-meminfo.txt', 'MemTotal:       127600748 kB\nMemAvailable:   100000000 kB\n'] as const
    const table = machineOf(['nvidia-smi.txt', row('NVIDIA GB10', 'Not Supported', { bus: '0000000F:01:00.0' })], meminfo).gpus
    const csv = machineOf(['q.csv', 'name, memory.total [MiB], driver_version\nNVIDIA GB10, [N/A], 580.95.05\n'], meminfo).gpus
    const details = machineOf(
      [
        'nvidia-smi-q.txt',
        '==NVSMI LOG==\nDriver Version : 580.95.05\nGPU 0000000F:01:00.0\n    Product Name : NVIDIA GB10\n    FB Memory Usage\n        Total : N/A\n        Free : N/A\n',
      ],
      meminfo,
    ).gpus
    for (const gpus of [table, csv, details]) expect(gpus).toMatchObject([{ name: 'NVIDIA GB10', memoryKind: 'unified', vramMiB: 124610 }])
    expect(table[0]?.busId).toBe('000f:01:00.0')
  })

  test('narrow and wide tables, TCC/WDDM and Driver-Model, a name followed by WDDM', () => {
    expect(gpusOf('a.txt', row('NVIDIA GeForce RTX 3090', '  0MiB / 24576MiB'))).toMatchObject([{ vramMiB: 24576 }])
    expect(gpusOf('a.txt', row('NVIDIA GeForce RTX 4090', '    1MiB /  24564MiB'))).toMatchObject([{ vramMiB: 24564, vramFreeMiB: 24563 }])
    const windows = machineOf(['a.txt', row('NVIDIA GeForce RTX 4070', '562MiB / 12282MiB', { mode: 'WDDM' })])
    expect(windows.os.platform).toBe('win32')
    expect(windows.gpus[0]?.name).toBe('NVIDIA GeForce RTX 4070')
  })

  test('names that the table cuts are a guess, never the plain card, and whole names replace them', () => {
    const table = ['nvidia-smi.txt', row('NVIDIA GeForce RTX 3050 ...', '0MiB / 4096MiB')] as const
    const cut = machineOf(table)
    expect(cut.origins['gpus.gpu0.name']?.confidence).toBe('guess')
    const whole = machineOf(table, ['nvidia-smi-L.txt', 'GPU 0: NVIDIA GeForce RTX 3050 Laptop GPU (UUID: GPU-0)\n'])
    expect(whole.gpus).toMatchObject([{ name: 'NVIDIA GeForce RTX 3050 Laptop GPU', vramMiB: 4096, bandwidthGBps: 192 }])
    expect(whole.origins['gpus.gpu0.name']?.confidence).toBe('sure')
  })

  test.each([
    ['NVIDIA GeForce RTX 4090', 24564, 1010],
    ['NVIDIA GeForce RTX 4070', 12282, 504.2],
    ['NVIDIA GeForce RTX 5090', 32607, 1790],
    ['NVIDIA GeForce RTX 4080 SUPER', 16376, 736.3],
    ['NVIDIA H100 80GB HBM3', 81559, 3360],
    ['NVIDIA A100-SXM4-80GB', 81920, 2040],
    ['NVIDIA H200', 143771, 4800],
    ['NVIDIA L40S', 46068, 864],
  ])('%s reports %d MiB, not what the box says', (name, vramMiB, bandwidthGBps) => {
    expect(gpusOf('a.txt', row(name, `1MiB / ${vramMiB}MiB`))).toMatchObject([{ name, vramMiB, bandwidthGBps }])
  })

  test.each(['N/A', 'Off', '0', 'On'])('the ECC column may say %s', ecc => {
    const mig = ecc === 'On' ? 'Enabled' : 'Disabled'
    expect(gpusOf('a.txt', row('NVIDIA H100 80GB HBM3', '1MiB / 81559MiB', { ecc, mig }))).toMatchObject([
      { vramMiB: 81559, migEnabled: ecc === 'On' },
    ])
  })

  test('used, free and reserved make the total; free is what is told, not what is left', () => {
    const csv =
      'name, memory.total [MiB], memory.reserved [MiB], memory.used [MiB], memory.free [MiB], driver_version\nNVIDIA H100 80GB HBM3, 81559 MiB, 479 MiB, 0 MiB, 81081 MiB, 590.48.01\n'
    expect(gpusOf('q.csv', csv)).toMatchObject([{ vramMiB: 81559, vramFreeMiB: 81081 }])
  })

  test('MIG: one row with the whole card, instances in -L, and c-profiles of an H200', () => {
    const list =
      'GPU 0: NVIDIA H200 (UUID: GPU-0)\n  MIG 1c.3g.71gb  Device  0: (UUID: MIG-0)\n  MIG 1g.18gb     Device  1: (UUID: MIG-1)\n'
    const csv = 'name, memory.total [MiB], mig.mode.current, driver_version\nNVIDIA H200, 143771 MiB, Enabled, 610.43.02\n'
    expect(machineOf(['nvidia-smi-L.txt', list], ['nvidia-smi-query-gpu.csv', csv]).gpus).toMatchObject([
      { vramMiB: 143771, migEnabled: true, migInstances: [{ profile: '1c.3g.71gb' }, { profile: '1g.18gb' }] },
    ])
  })

  test('WSL2: the versions of tool and driver differ, process memory is N/A', async () => {
    const machine = await readRecording(machineFolder('wsl2-rtx4070'))
    expect(machine.os.wsl).toBe(true)
    expect(machine.gpus[0]).toMatchObject({ driver: '576.80', heldBy: [{ memoryMiB: null }, { memoryMiB: null }] })
  })

  test('lines before the table: a lost card is named, seven others are read; or only "has failed"', () => {
    const lost = 'Unable to determine the device handle for GPU0: 0000:55:00.0: Unknown Error\n'
    const { gpus } = machineOf(['nvidia-smi.txt', lost + row('NVIDIA H100 80GB HBM3', '1MiB / 81559MiB', { bus: '00000000:5D:00.0' })])
    expect(gpus.map(gpu => [gpu.busId, gpu.usable])).toEqual([
      ['0000:5d:00.0', true],
      ['0000:55:00.0', false],
    ])
    const failed = machineOf(['nvidia-smi.txt', "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."])
    expect(failed.warnings.map(warning => warning.code)).toContain('nvidia-driver-unreachable')
  })

  test('-q -x: the frame buffer is not BAR1; attached_gpus may exceed what a trimmed file has', () => {
    const xml = (total: number) =>
      `<nvidia_smi_log><driver_version>610.43.02</driver_version><cuda_version>13.3</cuda_version><attached_gpus>8</attached_gpus><gpu id="00000000:01:00.0"><product_name>NVIDIA GeForce RTX 4090</product_name><bar1_memory_usage><total>${total} MiB</total></bar1_memory_usage><fb_memory_usage><total>24564 MiB</total><used>1 MiB</used><free>24100 MiB</free></fb_memory_usage></gpu></nvidia_smi_log>`
    for (const bar1 of [256, 32768]) expect(gpusOf('q.xml', xml(bar1))).toMatchObject([{ vramMiB: 24564, vramFreeMiB: 24100 }])
  })

  test('rocm-smi has a visible part of the memory beside the whole; an unknown card is called Graphics Device', async () => {
    expect((await readRecording(machineFolder('rx6700xt-rocm43'))).gpus[0]?.vramMiB).toBe(12272)
    const unnamed = await readRecording(machineFolder('gtx1660-unnamed'))
    expect(unnamed.gpus[0]).toMatchObject({ name: 'NVIDIA GeForce GTX 1660', vramMiB: 5912 })
    expect(gpusOf('a.txt', row('Graphics Device', '1MiB / 5912MiB'))[0]?.name).toBe('Graphics Device')
  })

  test('ERR! in a row: the card is there and cannot be used', () => {
    const table = row('ERR!', 'ERR! / ERR!', { mode: 'ERR!', ecc: 'ERR!' })
    expect(gpusOf('nvidia-smi.txt', table)).toMatchObject([{ usable: false, busId: '0000:01:00.0', vramMiB: null }])
  })

  test('driver 610: KMD Version and CUDA UMD Version, with remarks behind the old names', () => {
    const banner = '| NVIDIA-SMI 610.43.02              KMD Version: 610.43.02     CUDA UMD Version: 13.3     |\n'
    const table = banner + row('NVIDIA GeForce RTX 3090', '1MiB / 24576MiB').split('\n').slice(1).join('\n')
    const details =
      '==NVSMI LOG==\nDriver Version                   : 610.43.02 [Deprecated; will be removed in CUDA 14.0. Use KMD Version instead]\nCUDA Version                     : 13.3 [Deprecated; will be removed]\nKMD Version                      : 610.43.02\nCUDA UMD Version                 : 13.3\nGPU 00000000:01:00.0\n    Product Name                     : NVIDIA GeForce RTX 3090\n'
    for (const text of [table, details]) expect(gpusOf('x.txt', text)).toMatchObject([{ driver: '610.43.02', cudaVersion: '13.3' }])
  })

  test('line ends of Windows, a mark of encoding, colours of a console, a cut end, and headers alone', () => {
    const table = row('NVIDIA GeForce RTX 3090', '1MiB / 24576MiB')
    for (const text of [
      table.replaceAll('\n', '\r\n'),
      `\uFEFF${table}`,
      `\u001b[1m${table}\u001b[0m`,
      table
        .split('\n')
        .map(line => `    ${line}`)
        .join('\n'),
    ])
      expect(gpusOf('nvidia-smi.txt', text)).toMatchObject([{ vramMiB: 24576 }])
    expect(gpusOf('nvidia-smi.txt', table.slice(0, 300))).toMatchObject([{ vendor: 'nvidia' }])
    expect(gpusOf('q.csv', 'name, memory.total [MiB], driver_version\n')).toEqual([])
  })
})
