import { describe, expect, test } from 'vitest'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'

/** What follows from several outputs of one machine together; figures of public reports, put into the form of the probes. */
function machineOf(files: Readonly<Record<string, string>>) {
  const readings = Object.entries(files).map(([fileName, text]) => ({
    fileName,
    text,
    run: { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' as const },
  }))
  return parseMachine(readings, { platform: null, detectedAt: null })
}

const displayClass = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}'
const key = (number: string, name: string, size: string) =>
  `${displayClass}\\${number}\n    DriverDesc    REG_SZ    ${name}\n    HardwareInformation.qwMemorySize    REG_QWORD    ${size}\n`

describe('cards that were taken out stay in the registry of Windows', () => {
  const registry = [
    key('0000', 'NVIDIA GeForce GTX 1060 6GB', '0x180000000'),
    key('0001', 'NVIDIA GeForce RTX 3080', '0x27ff00000'),
    key('0002', 'NVIDIA GeForce RTX 3080', '0x27ff00000'),
    key('0003', 'AMD Radeon RX 580', '0x200000000'),
  ].join('\n')
  const controller = [
    'AdapterCompatibility : NVIDIA',
    'AdapterRAM           : 4293918720',
    'DriverVersion        : 32.0.15.6590',
    'Name                 : NVIDIA GeForce RTX 3080',
    'PNPDeviceID          : PCI\\VEN_10DE&DEV_2206&SUBSYS_38901462&REV_A1\\4&1FC990D7&0&0019',
  ].join('\n')

  test('beside the list of adapters it tells of their memory alone', () => {
    const { gpus } = machineOf({ 'registry.txt': registry, 'win32_videocontroller.txt': controller })
    expect(gpus.map(({ name, vramMiB, driver }) => ({ name, vramMiB, driver }))).toEqual([
      { name: 'NVIDIA GeForce RTX 3080', vramMiB: 10239, driver: '565.90' },
    ])
  })

  test('and so in the one answer that we ask for', () => {
    const answer = {
      Win32_VideoController: [
        {
          ...{ Name: 'NVIDIA GeForce RTX 3080', AdapterCompatibility: 'NVIDIA', AdapterRAM: 4293918720, DriverVersion: '32.0.15.6590' },
          PNPDeviceID: 'PCI\\VEN_10DE&DEV_2206&SUBSYS_38901462&REV_A1\\4&1FC990D7&0&0019',
        },
      ],
      Registry: [
        { DriverDesc: 'NVIDIA GeForce RTX 3080', 'HardwareInformation.qwMemorySize': 10736369664 },
        { DriverDesc: 'NVIDIA GeForce RTX 3080', 'HardwareInformation.qwMemorySize': 10736369664 },
        { DriverDesc: 'AMD Radeon RX 580', 'HardwareInformation.qwMemorySize': 8589934592 },
      ],
    }
    const { gpus } = machineOf({ 'windows-cim.json': JSON.stringify(answer) })
    expect(gpus.map(gpu => `${gpu.name} ${gpu.vramMiB ?? '?'}`)).toEqual(['NVIDIA GeForce RTX 3080 10239'])
  })

  test('alone it is all there is to go by', () => {
    expect(machineOf({ 'registry.txt': registry }).gpus).toHaveLength(4)
  })
})

describe('rocminfo on a machine with two sockets', () => {
  const socket = (agent: number, name: string, kib: number) =>
    [
      ...['*******', `Agent ${agent}`, '*******', `  Name:                    ${name}`, `  Marketing Name:          ${name}`],
      ...['  Vendor Name:             CPU', '  Device Type:             CPU', '  Compute Unit:            96'],
      ...[
        '  Pool Info:',
        '    Pool 1',
        '      Segment:                 GLOBAL; FLAGS: FINE GRAINED',
        `      Size:                    ${kib}(0x0) KB`,
      ],
    ].join('\n')
  const cpu = 'AMD EPYC 9474F 48-Core Processor'
  const text = `ROCk module is loaded\n==========\nHSA Agents\n==========\n${socket(1, cpu, 792_517_476)}\n${socket(2, cpu, 792_688_024)}\n`

  test('adds their memory and their threads up', () => {
    const { memory, cpu: processor } = machineOf({ 'rocminfo.txt': text })
    expect(memory.totalMiB).toBe(773_942 + 774_109)
    expect(processor).toMatchObject({ model: cpu, logicalCores: 192 })
  })

  test('leaves the last word to the system', () => {
    const { memory } = machineOf({
      'rocminfo.txt': text,
      'proc-meminfo.txt': 'MemTotal:       1585205500 kB\nMemAvailable:   1570000000 kB\n',
    })
    expect(memory).toMatchObject({ totalMiB: 1_548_052, availableMiB: 1_533_203 })
  })
})

describe('a GPU inside the processor of which only the part set aside is told', () => {
  const card = { 'Card Series': 'AMD Radeon 8060S Graphics', 'Card Model': '0x1586', 'Subsystem ID': '0x1fb3', 'GFX Version': 'gfx1151' }
  const rocm = JSON.stringify({ card0: { ...card, 'VRAM Total Memory (B)': '536870912', 'VRAM Total Used Memory (B)': '511442944' } })

  test('may map half of the memory, as its driver has it unless told otherwise', () => {
    const { gpus, origins } = machineOf({
      'rocm-smi.json': rocm,
      'proc-meminfo.txt': 'MemTotal: 131000000 kB\nMemAvailable: 120000000 kB\n',
    })
    expect(gpus).toMatchObject([{ memoryKind: 'unified', vramMiB: 63_964, usable: true, bandwidthGBps: 256 }])
    expect(origins['gpus.gpu0.vramMiB']?.confidence).toBe('guess')
  })

  test('a larger part stays what it is', () => {
    const large = rocm.replace('536870912', '103079215104')
    const { gpus } = machineOf({ 'rocm-smi.json': large, 'proc-meminfo.txt': 'MemTotal: 32000000 kB\nMemAvailable: 30000000 kB\n' })
    expect(gpus[0]?.vramMiB).toBe(98_304)
  })
})
