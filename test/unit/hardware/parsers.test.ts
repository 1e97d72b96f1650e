import { describe, expect, test } from 'vitest'
import type { GpuSighting, Reading } from '../../../electron/core/hardware/hardware.types'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { parsers } from '../../../electron/core/hardware/parsers/index'
import { countList, isaOf } from '../../../electron/core/hardware/parsers/processor'
import { withoutIdentity } from '../../../electron/core/hardware/redact'
import { normaliseBusId } from '../../../electron/core/hardware/text'

const reading = (fileName: string, text: string): Reading => ({
  fileName,
  text,
  run: { probe: fileName, commandLine: fileName, exitCode: 0, durationMs: 1, outcome: 'read' },
})
const machineOf = (...texts: readonly (readonly [string, string])[]) =>
  parseMachine(
    texts.map(([name, text]) => reading(name, text)),
    { platform: null, detectedAt: null },
  )

function sightings(text: string, fileName = 'x.txt'): GpuSighting[] {
  return parsers.filter(parser => parser.recognises(text, fileName)).flatMap(parser => [...(parser.parse(text, fileName).gpus ?? [])])
}

describe('nvidia-smi', () => {
  test('a lost card is named, with what to do, beside those that answer', () => {
    const text = `Unable to determine the device handle for GPU0: 0000:55:00.0: Unknown Error
| NVIDIA-SMI 550.54.15              Driver Version: 550.54.15      CUDA Version: 12.4     |
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
|   1  NVIDIA H100 80GB HBM3          On  |   00000000:5D:00.0 Off |                    0 |
| N/A   26C    P0             70W /  700W |       1MiB /  81559MiB |      0%      Default |
|                                         |                        |             Disabled |`
    const { gpus } = machineOf(['nvidia-smi.txt', text])
    expect(gpus.map(gpu => [gpu.busId, gpu.usable])).toEqual([
      ['0000:5d:00.0', true],
      ['0000:55:00.0', false],
    ])
  })

  test('a failing driver is a warning, and the card that lspci sees is not used', () => {
    const { gpus, warnings } = machineOf(
      ['nvidia-smi.txt', "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."],
      [
        'lspci-nnk.txt',
        '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation AD104 [GeForce RTX 4070] [10de:2786] (rev a1)\n\tKernel driver in use: nouveau\n',
      ],
    )
    expect(warnings.map(warning => warning.code)).toContain('nvidia-driver-unreachable')
    expect(gpus[0]).toMatchObject({ name: 'NVIDIA GeForce RTX 4070', usable: false, vramMiB: 12288, driver: null })
    expect(gpus[0]?.whyNot).toContain('nouveau')
  })

  test('csv: [N/A] is unknown, zero is zero', () => {
    const csv = `index, name, pci.bus_id, memory.total [MiB], memory.used [MiB], memory.free [MiB], driver_version, compute_cap
0, Orin (nvgpu), [N/A], [N/A], [N/A], [N/A], 540.4.0, 8.7
1, NVIDIA H200, 00000000:04:00.0, 143771 MiB, 0 MiB, 0 MiB, 570.86.15, 9.0`
    expect(sightings(csv, 'nvidia-smi-query-gpu.csv')).toMatchObject([
      { name: 'Orin (nvgpu)', unified: true, vramMiB: null, computeCapability: '8.7' },
      { name: 'NVIDIA H200', vramMiB: 143771, vramFreeMiB: 0, vramUsedMiB: 0 },
    ])
  })
})

test('Jetson: a row without header, and memory from tegrastats', () => {
  const machine = machineOf(
    ['nvidia-smi-query.txt', 'Orin (nvgpu), [N/A], [N/A], [N/A], 540.4.0\n'],
    ['tegrastats.txt', '03-14-2025 10:11:12 RAM 2345/7620MB (lfb 4x4MB) SWAP 0/3810MB CPU [2%@1190,off,off]'],
  )
  expect(machine.gpus).toMatchObject([
    { name: 'Orin (nvgpu)', memoryKind: 'unified', vramMiB: 7620, vramFreeMiB: 5275, driver: '540.4.0', usable: true },
  ])
})

describe('AMD', () => {
  test('a large pool of the GPU inside the processor does not make it the main one', () => {
    const agent = (index: number, lines: string) => `*******\nAgent ${index}\n*******\n${lines}`
    const text = `HSA Agents\n${agent(1, '  Name:                    AMD Ryzen 9 9950X\n  Vendor Name:             CPU\n')}${agent(
      2,
      '  Name:                    gfx1036\n  Marketing Name:          AMD Radeon Graphics\n  BDFID:                   29952\n      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n      Size:                    31689264(0x1) KB\n',
    )}${agent(
      3,
      '  Name:                    gfx1201\n  Marketing Name:          AMD Radeon RX 9070 XT\n  BDFID:                   768\n      Segment:                 GLOBAL; FLAGS: COARSE GRAINED\n      Size:                    16695296(0x1) KB\n',
    )}`
    const { gpus } = machineOf(['rocminfo.txt', text])
    expect(gpus.map(gpu => [gpu.name, gpu.vramMiB, gpu.usable, gpu.rocmTarget])).toEqual([
      ['AMD Radeon RX 9070 XT', 16304, true, 'gfx1201'],
      ['AMD Radeon Graphics', 30946, false, 'gfx1036'],
    ])
  })

  test('rocm-smi: a warning before the JSON, both spellings, VRAM not the visible part of it', () => {
    const text = `WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status
{"card0": {"Card Series": "AMD Radeon RX 7900 XT", "VIS_VRAM Total Memory (B)": "268435456", "VRAM Total Memory (B)": "21458059264", "PCI Bus": "0000:03:00.0"}, "system": {"Driver version": "6.7.0"}}`
    expect(sightings(text)).toMatchObject([{ name: 'AMD Radeon RX 7900 XT', vramMiB: 20464, busId: '0000:03:00.0' }])
  })

  test('kernel files: recorded lines of two cards', () => {
    const text = `card0/device/device: 0x164e
card0/device/mem_info_vram_total: 536870912
card0/device/vendor: 0x1002
card1/device/device: 0x744c
card1/device/mem_info_gtt_total: 16638189568
card1/device/mem_info_vram_total: 25753026560
card1/device/mem_info_vram_used: 1762021376
card1/device/uevent: DRIVER=amdgpu
card1/device/uevent: PCI_SLOT_NAME=0000:03:00.0
card1/device/vendor: 0x1002`
    expect(sightings(text, 'sysfs-drm.txt')).toMatchObject([
      { pciId: '1002:164e', vramMiB: 512 },
      { pciId: '1002:744c', vramMiB: 24560, vramUsedMiB: 1680, busId: '0000:03:00.0' },
    ])
  })
})

describe('Windows', () => {
  test('32 bits of AdapterRAM are not believed; the registry is', () => {
    const json = JSON.stringify({
      Win32_VideoController: [
        {
          Name: 'AMD Radeon RX 7800 XT',
          AdapterCompatibility: 'Advanced Micro Devices, Inc.',
          AdapterRAM: 4293918720,
          DriverVersion: '32.0.12033.1030',
          PNPDeviceID: 'PCI\\VEN_1002&DEV_747E&SUBSYS_0',
        },
      ],
      Registry: [{ DriverDesc: 'AMD Radeon RX 7800 XT', 'HardwareInformation.qwMemorySize': 17163091968 }],
      Win32_Processor: [{ Name: 'AMD Ryzen 7 7700', NumberOfCores: 8, NumberOfLogicalProcessors: 16, Architecture: 9 }],
      Win32_OperatingSystem: [
        { Caption: 'Microsoft Windows 11 Home', Version: '10.0.22631', TotalVisibleMemorySize: 33268012, FreePhysicalMemory: 20000000 },
      ],
    })
    const machine = machineOf(['windows-cim.json', json])
    expect(machine.os).toMatchObject({ platform: 'win32', name: 'Windows 11 Home', arch: 'x64' })
    expect(machine.memory).toMatchObject({ totalMiB: 32488, availableMiB: 19531 })
    expect(machine.gpus).toMatchObject([{ name: 'AMD Radeon RX 7800 XT', vramMiB: 16368, usable: true, bandwidthGBps: 624.1 }])
  })

  test('reg query: sub-keys, hexadecimal, a closing line in the language of the system', () => {
    const key = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0001'
    const text = `\r\n${key}\r\n    HardwareInformation.qwMemorySize    REG_QWORD    0x3ff800000\r\n\r\nFin de la recherche : 1 correspondance(s) trouvée(s).\r\n${key}\r\n    DriverDesc    REG_SZ    NVIDIA GeForce RTX 4080\r\n`
    expect(machineOf(['registry.txt', text]).gpus).toMatchObject([{ name: 'NVIDIA GeForce RTX 4080', vramMiB: 16376 }])
  })
})

describe('other tools', () => {
  test('xpu-smi json: numbers as strings, bytes', () => {
    const text = JSON.stringify({
      device_list: [
        {
          device_name: 'Intel(R) Arc(TM) A770 Graphics',
          pci_bdf_address: '0000:03:00.0',
          pci_device_id: '0x56a0',
          memory_physical_size_byte: '16225243136',
        },
      ],
    })
    expect(machineOf(['xpu-smi.json', text]).gpus).toMatchObject([
      { name: 'Intel(R) Arc(TM) A770 Graphics', vramMiB: 15473, integrated: false, usable: true },
    ])
  })

  test('npu-smi: two chips on one card, no blank before the slash', () => {
    const text = `| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)|
| Chip  Phy-ID              | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |
| 0     Ascend910           | OK            | 178.5       36                0    / 0             |
| 0     0                   | 0000:9D:00.0  | 0           0    / 0          15503/ 65536         |
| 0     Ascend910           | OK            | -           36                0    / 0             |
| 1     1                   | 0000:9F:00.0  | 0           0    / 0          3195 / 65536         |`
    expect(machineOf(['npu-smi-info.txt', text]).gpus.map(gpu => [gpu.busId, gpu.vramMiB, gpu.vramFreeMiB])).toEqual([
      ['0000:9d:00.0', 65536, 50033],
      ['0000:9f:00.0', 65536, 62341],
    ])
  })

  test('a raised limit for the GPU of a Mac replaces the default', () => {
    const text = 'machdep.cpu.brand_string: Apple M2 Pro\nhw.memsize: 17179869184\niogpu.wired_limit_mb: 0 -> 14000\n'
    const { gpus, origins } = machineOf(['sysctl.txt', text])
    expect(gpus[0]).toMatchObject({ vramMiB: 14000, memoryKind: 'unified' })
    expect(origins['gpus.gpu0.vramMiB']).toEqual({ kind: 'probe', from: 'sysctl iogpu.wired_limit_mb', confidence: 'sure' })
  })

  test('a kernel that does not tell what is available has it estimated, and says so', () => {
    // Recorded form of RHEL 6 (2.6.32); figures made up.
    const text =
      'MemTotal:       16331004 kB\nMemFree:         1048576 kB\nBuffers:          524288 kB\nCached:          4194304 kB\nShmem:            262144 kB\n'
    const old = machineOf(['proc-meminfo.txt', text])
    expect(old.memory.availableMiB).toBe(1024 + 512 + 4096 - 256)
    expect(old.origins['memory.availableMiB']).toMatchObject({
      kind: 'derived',
      confidence: 'guess',
      from: expect.stringContaining('before 3.14') as string,
    })
    const told = machineOf(['proc-meminfo.txt', `${text}MemAvailable:    2097152 kB\n`])
    expect(told.memory.availableMiB).toBe(2048)
    expect(told.origins['memory.availableMiB']).toMatchObject({ kind: 'probe', confidence: 'sure' })
    expect(machineOf(['proc-meminfo.txt', 'MemTotal: 16331004 kB\nMemFree: 1048576 kB\n']).memory.availableMiB).toBeNull()
  })

  test('of nested control groups the tightest counts, with its own use', () => {
    const text =
      'sys/fs/cgroup/pod/box/memory.max: max\nsys/fs/cgroup/pod/box/memory.current: 1048576\nsys/fs/cgroup/pod/memory.max: 4294967296\nsys/fs/cgroup/pod/memory.current: 2147483648\nsys/fs/cgroup/pod/memory.stat: inactive_file 1073741824'
    const { memory } = machineOf(['cgroup-memory.txt', text], ['proc-meminfo.txt', 'MemTotal: 33554432 kB\nMemAvailable: 30000000 kB\n'])
    expect(memory).toMatchObject({ totalMiB: 32768, limitMiB: 4096, limitFrom: 'cgroup', availableMiB: 3072 })
  })

  test('musl names itself when ldd fails', () => {
    expect(machineOf(['ldd-version.txt', 'musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader\n']).os).toMatchObject({
      libc: 'musl',
      libcVersion: '1.2.5',
    })
  })

  test('software renderers are no GPUs, and two Vulkan drivers of one card are one card', () => {
    const device = (index: number, lines: string) => `GPU${index}:\n${lines}\n`
    const text = `VULKANINFO\n${device(0, 'vendorID = 0x1002\ndeviceID = 0x744c\ndeviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU\ndeviceName = AMD Radeon RX 7900 XTX (RADV NAVI31)\ndriverID = DRIVER_ID_MESA_RADV')}${device(1, 'vendorID = 0x1002\ndeviceID = 0x744c\ndeviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU\ndeviceName = AMD Radeon RX 7900 XTX\ndriverID = DRIVER_ID_AMD_OPEN_SOURCE')}${device(2, 'vendorID = 0x10005\ndeviceID = 0x0000\ndeviceType = PHYSICAL_DEVICE_TYPE_CPU\ndeviceName = llvmpipe (LLVM 21)\ndriverID = DRIVER_ID_MESA_LLVMPIPE')}`
    expect(machineOf(['vulkaninfo-summary.txt', text]).gpus.map(gpu => gpu.name)).toEqual(['AMD Radeon RX 7900 XTX'])
  })
})

describe('small things', () => {
  test('bus ids', () => {
    expect(['00000000:01:00.0', '01:00.0', '0000000F:01:00.0', 'xxxx:xx:xx.x', null].map(normaliseBusId)).toEqual([
      '0000:01:00.0',
      '0000:01:00.0',
      '000f:01:00.0',
      null,
      null,
    ])
  })

  test('lists of processors and instruction sets', () => {
    expect(countList('0-3,8')).toBe(5)
    expect(isaOf('fpu avx avx2 avx512f avx512_vnni amx_tile')).toEqual(['AVX', 'AVX2', 'AVX512', 'AVX512_VNNI', 'AMX'])
  })

  test('recordings do not tell one machine from another', () => {
    const text =
      'Serial\t\t: 100000001234abcd\nGPU-1234abcd-0000-1111-2222-333344445555\n"asic_serial": "0xABC123",\n<serial>0324</serial>\nnode workbench-7 up\naa:bb:cc:dd:ee:ff'
    const plain = withoutIdentity(text, 'workbench-7.lan')
    expect(plain).not.toMatch(/1234abcd|ABC123|0324|workbench|bb:cc/)
    expect(plain).toContain('node host up')
  })
})
