import { describe, expect, test } from 'vitest'
import { findCpu, isGuestName } from '../../../electron/core/hardware/cpu-table'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { cpuNames, guestCpus, namelessCpus } from './cpu-names'

function mostOf(name: string): string | null {
  const entry = findCpu(name)
  if (!entry) return null
  const { type, speedMTps, widthBits, soldered, faster } = entry
  return `${type}-${speedMTps} x${widthBits / 64}${soldered ? ' soldered' : ''}${faster ? ` / ${faster.type}-${faster.speedMTps}` : ''}`
}

function machineOf(files: Readonly<Record<string, string>>) {
  const readings = Object.entries(files).map(([fileName, text]) => ({
    fileName,
    text,
    run: { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' as const },
  }))
  return parseMachine(readings, { platform: null, detectedAt: null })
}

const cpuinfo = (name: string, more = '') =>
  ({ 'proc-cpuinfo.txt': `processor\t: 0\nvendor_id\t: x\nmodel name\t: ${name}\nflags\t\t: fpu avx2 ${more}\n` }) as const

describe('the most that a processor supports', () => {
  test('at least 120 names are known, and a further few are not', () => {
    expect(cpuNames.length).toBeGreaterThanOrEqual(120)
  })

  test.each(cpuNames)('%s', (name, most) => {
    expect(mostOf(name)).toBe(most)
    expect(mostOf(name.replace(/ @ .*/, '').toUpperCase())).toBe(most)
    expect(isGuestName(name)).toBe(false)
  })

  test.each(namelessCpus)('nothing is known of %s', name => {
    expect(mostOf(name)).toBeNull()
  })

  test('a guess that says what it assumes, in words, with the faster kind beside it', () => {
    const machine = machineOf(cpuinfo('13th Gen Intel(R) Core(TM) i7-1365U'))
    expect(machine.memory.bandwidthGBps).toBe(83.2)
    const origin = machine.origins['memory.bandwidthGBps']
    expect(origin?.confidence).toBe('guess')
    expect(origin?.from).toContain('the most that this processor supports: 2 channels of DDR5-5200, all filled')
    expect(origin?.from).toContain('LPDDR5X-6400 for 102.4 GB/s')
  })

  test('two processors have twice the channels', () => {
    const block = (id: number) => `processor\t: ${id}\nphysical id\t: ${id}\nmodel name\t: AMD EPYC 9654 96-Core Processor\nflags\t: avx2\n`
    expect(machineOf({ 'proc-cpuinfo.txt': `${block(0)}\n${block(1)}` }).memory.bandwidthGBps).toBe(921.6)
  })
})

describe('guests of a hypervisor', () => {
  test.each(guestCpus)('%s is nobody’s whole memory', name => {
    expect(isGuestName(name)).toBe(true)
    const { memory, unknown } = machineOf(cpuinfo(name))
    expect(memory.bandwidthGBps).toBeNull()
    expect(unknown['memory.bandwidthGBps']).toContain('guest of a hypervisor')
  })

  test('a processor that is passed through by name is told by the flag, or by the firmware’s maker', () => {
    expect(machineOf(cpuinfo('AMD EPYC 7763 64-Core Processor', 'hypervisor')).memory.bandwidthGBps).toBeNull()
    const lscpu = `Architecture: x86_64\nCPU(s): 1\nVendor ID: AuthenticAMD\n  BIOS Vendor ID: QEMU\n  Model name: AMD EPYC 7702P 64-Core Processor\n    BIOS Model name: pc-q35-8.0  CPU @ 2.0GHz\n`
    expect(machineOf({ 'lscpu.txt': lscpu }).memory.bandwidthGBps).toBeNull()
  })

  test('a part of a Graviton has not all of its memory, the whole has', () => {
    const lscpu = (cores: number) =>
      `Architecture: aarch64\nCPU(s): ${cores}\nVendor ID: ARM\nBIOS Vendor ID: AWS\nModel name: Neoverse-V1\nBIOS Model name: AWS Graviton3 N/A CPU @ 2.6GHz\nThread(s) per core: 1\nCore(s) per socket: ${cores}\nSocket(s): 1\n`
    expect(machineOf({ 'lscpu.txt': lscpu(8) }).memory.bandwidthGBps).toBeNull()
    expect(machineOf({ 'lscpu.txt': lscpu(64) }).memory.bandwidthGBps).toBe(307.2)
  })
})

test('a board is known by its chip in the device tree', () => {
  const machine = machineOf({
    'lscpu.txt': 'Architecture: aarch64\nCPU(s): 8\nVendor ID: ARM\nModel name: Cortex-A55\n',
    'proc-device-tree-compatible.txt': 'friendlyarm,nanopc-t6\0rockchip,rk3588\0',
  })
  expect(machine.memory.bandwidthGBps).toBe(33.8)
  expect(machine.origins['memory.bandwidthGBps']?.confidence).toBe('guess')
})

test('modules that the firmware lists win over the ceiling: one of two channels filled is half', () => {
  const cim = {
    Win32_Processor: [{ Name: 'AMD Ryzen 9 7950X 16-Core Processor', NumberOfCores: 16, NumberOfLogicalProcessors: 32 }],
    Win32_PhysicalMemory: [
      {
        Capacity: 34359738368,
        Speed: 5600,
        ConfiguredClockSpeed: 4800,
        SMBIOSMemoryType: 34,
        DataWidth: 64,
        BankLabel: 'P0 CHANNEL A',
        DeviceLocator: 'DIMM 1',
      },
    ],
  }
  const machine = machineOf({ 'windows-cim.json': JSON.stringify(cim) })
  expect(machine.memory).toMatchObject({ bandwidthGBps: 38.4, channels: 1, type: 'DDR5', speedMTps: 4800 })
  expect(machine.origins['memory.bandwidthGBps']?.confidence).toBe('likely')
})
