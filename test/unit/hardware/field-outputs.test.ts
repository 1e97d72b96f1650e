import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { readRecording } from '../../../electron/core/hardware/recording'

/** Outputs that people posted on public pages, cut to the lines that matter; what is put together from several says so. */
function machineOf(files: Readonly<Record<string, string>>, exitCode = 0) {
  const outcome = exitCode === 0 ? ('read' as const) : ('failed' as const)
  const readings = Object.entries(files).map(([fileName, text]) => ({
    fileName,
    text,
    run: { probe: fileName, commandLine: fileName, exitCode, durationMs: 1, outcome },
  }))
  return parseMachine(readings, { platform: null, detectedAt: null })
}

describe('tegrastats', () => {
  const lines: readonly (readonly [board: string, line: string, totalMiB: number, availableMiB: number])[] = [
    [
      'Xavier NX',
      'RAM 2690/6854MB (lfb 6x1MB) SWAP 479/3427MB (cached 3MB) CPU [3%@1904,7%@1906,1%@1905,0%@1907,off,off] EMC_FREQ 0%@1600 GR3D_FREQ 0%@[510] VIC_FREQ 601 APE 150',
      ...([6854, 4164] as const),
    ],
    [
      'Orin NX',
      'RAM 3456/15388MB (lfb 20x4MB) SWAP 0/7694MB (cached 0MB) CPU [12%@1420,8%@1420,off,off,5%@1420,3%@1420,2%@1420,1%@1420] EMC_FREQ 24%@2133 GR3D_FREQ 0%@[306] cpu@52.5C VDD_IN 5000mW/5000mW',
      ...([15388, 11932] as const),
    ],
    ['TX2', 'RAM 2135/7855MB (lfb 1057x4MB) CPU [2%@2035,0%@2035,0%@2035,2%@2035] EMC_FREQ 1%@1866 GR3D_FREQ 0%@1300 APE 150', 7855, 5720],
    ['with its time', '11-21-2026 18:00:01 RAM 624/1999MB (lfb 7x4MB) SWAP 0/999MB (cached 0MB) CPU [2%@1190]', 1999, 1375],
  ]
  test.each(lines)('%s', (_board, line, ...[totalMiB, availableMiB]) => {
    expect(machineOf({ 'tegrastats.txt': line }).memory).toMatchObject({ totalMiB, availableMiB })
  })
})

describe('nv_tegra_release', () => {
  const releases: readonly (readonly [text: string, driver: string])[] = [
    ['# R32 (release), REVISION: 2.0, GCID: 15925399, BOARD: t186ref, EABI: aarch64, DATE: Sat Jul 13 07:31:45 UTC 2019', 'R32.2.0'],
    ['# R38 (release), REVISION: 2.0, GCID: 41844464, BOARD: generic, EABI: aarch64, DATE: Fri Aug 22 00:55:42 UTC 2025', 'R38.2.0'],
    ['# R39 (release), REVISION: 2.0, GCID: 45755727, BOARD: generic, EABI: aarch64, DATE: Mon Jun  1 09:28:48 PM UTC 2026', 'R39.2.0'],
  ]
  test.each(releases)('%s', (text, driver) => {
    const board = driver === 'R32.2.0' ? 'NVIDIA Jetson TX2 Developer Kit' : 'NVIDIA Jetson AGX Thor Developer Kit'
    const { gpus, os } = machineOf({
      'nv_tegra_release.txt': `${text}\n# KERNEL_VARIANT: oot\n`,
      'proc-device-tree-model.txt': `${board}\0`,
    })
    expect(os.arch).toBe('arm64')
    expect(gpus).toHaveLength(1)
    expect(gpus[0]).toMatchObject({ vendor: 'nvidia', memoryKind: 'unified', driver })
  })
})

describe('hl-smi', () => {
  const card = (name: string, bus: string, memory: string) =>
    [
      '+-----------------------------------------------------------------------------+',
      '| HL-SMI Version:                              hl-1.18.0-fw-53.1.1.1          |',
      '| Driver Version:                                     1.18.0-ee698fb          |',
      '|-------------------------------+----------------------+----------------------+',
      '| AIP  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |',
      '|===============================+======================+======================|',
      `|   0  ${name}              N/A  | ${bus}     N/A |                   0  |`,
      `| N/A   43C   N/A   264W / 900W |    ${memory} |     0%           N/A|`,
      '+=============================================================================+',
    ].join('\n')
  const cards: readonly (readonly [name: string, bus: string, memory: string, vramMiB: number, freeMiB: number])[] = [
    ['HL-325', '0000:21:00.0', '672MiB / 131072MiB', 131072, 130400],
    ['HL-225', '0000:09:00.0', '768MiB / 98304MiB', 98304, 97536],
    ['HL-205', '0000:20:1d.0', '512Mib / 32768Mib', 32768, 32256],
    ['HL-325L', '0000:b3:00.0', '2048MiB / 131072MiB', 131072, 129024],
  ]
  test.each(cards)('%s', (name, bus, ...[memory, vramMiB, vramFreeMiB]) => {
    const { gpus } = machineOf({ 'hl-smi.txt': card(name, bus, memory) })
    expect(gpus).toHaveLength(1)
    expect(gpus[0]).toMatchObject({ name: `Intel Gaudi ${name}`, busId: bus, vramMiB, vramFreeMiB, usable: false })
    expect(gpus[0]?.whyNot).toBeTruthy()
  })
})

describe('docker info', () => {
  const nvidia = { 'nvidia-smi-L.txt': 'GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-00000000-0000-0000-0000-000000000000)' }
  const text = (more: string) =>
    `Client: Docker Engine - Community\n Version:    28.0.0-rc.1\n\nServer:\n Containers: 0\n Cgroup Version: 2\n${more}\n Default Runtime: runc\n Operating System: Ubuntu 24.04.2 LTS\n`
  const json = (value: unknown) => JSON.stringify(value)
  const cases: readonly (readonly [what: string, text: string, expected: unknown])[] = [
    ['with the runtime', text(' Runtimes: io.containerd.runc.v2 nvidia runc'), { can: true, how: 'nvidia-container-runtime' }],
    [
      'without it',
      text(' Runtimes: io.containerd.runc.v2 runc'),
      { can: false, how: 'neither a CDI specification nor a runtime named nvidia' },
    ],
    [
      'Docker Desktop with a device that is no GPU',
      text(' Discovered Devices:\n  cdi: docker.com/gpu=webgpu\n Runtimes: io.containerd.runc.v2 nvidia runc'),
      { can: true, how: 'nvidia-container-runtime' },
    ],
    [
      'devices by CDI',
      text(' Discovered Devices:\n  cdi: nvidia.com/gpu=0\n  cdi: nvidia.com/gpu=all\n Runtimes: runc'),
      { can: true, how: 'CDI' },
    ],
    [
      'json',
      json({ Runtimes: { 'io.containerd.runc.v2': {}, nvidia: { path: 'nvidia-container-runtime' }, runc: {} } }),
      { can: true, how: 'nvidia-container-runtime' },
    ],
    [
      'json of a rootless engine',
      json({ Runtimes: { runc: {} }, SecurityOptions: ['name=rootless'] }),
      { can: false, how: 'neither a CDI specification nor a runtime named nvidia' },
    ],
    [
      'json with devices',
      json({ Runtimes: { runc: {} }, DiscoveredDevices: [{ Source: 'cdi', ID: 'nvidia.com/gpu=0' }] }),
      { can: true, how: 'CDI' },
    ],
  ]
  test.each(cases)('%s', (_what, output, expected) => {
    expect(machineOf({ ...nvidia, 'docker-info.txt': output }).containerGpu).toEqual(expected)
  })

  test('an engine that is off says nothing of it', () => {
    const off = 'docker-runtimes: \nCannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'
    expect(machineOf({ ...nvidia, 'docker-info.txt': off }, 1).containerGpu).toBeNull()
  })
})

describe('control groups', () => {
  const cases: readonly (readonly [what: string, files: Record<string, string>, limitMiB: number | null])[] = [
    [
      'version 1, no limit',
      { 'cgroup-memory.txt': 'memory/memory.limit_in_bytes: 9223372036854771712\nmemory/memory.usage_in_bytes: 104857600' },
      null,
    ],
    ['version 1', { 'cgroup-memory.txt': 'memory/memory.limit_in_bytes: 4294967296\nmemory/memory.usage_in_bytes: 104857600' }, 4096],
    [
      'version 2, nested',
      { 'cgroup-memory.txt': 'memory.max: max\nuser.slice/memory.max: 8589934592\nuser.slice/x/memory.max: 2147483648' },
      2048,
    ],
    ['version 2, bare file', { 'memory.max': '3221225472\n' }, 3072],
  ]
  test.each(cases)('%s', (_what, files, limitMiB) => {
    expect(machineOf({ ...files, 'proc-meminfo.txt': 'MemTotal:       16384000 kB\nMemAvailable:   12000000 kB\n' }).memory.limitMiB).toBe(
      limitMiB,
    )
  })
})

describe('tools of Windows that write UTF-16', () => {
  const cim = '{"Win32_Processor":[{"Name":"AMD Ryzen 7 7700X 8-Core Processor","NumberOfCores":8,"NumberOfLogicalProcessors":16}]}'
  const wmic =
    'Name                          AdapterRAM  DriverVersion   \r\nNVIDIA GeForce RTX 3080       4293918720  31.0.15.3623    \r\n'
  const encodings: readonly (readonly [how: string, encode: (text: string) => Buffer])[] = [
    ['UTF-16LE with its mark', text => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16LE without', text => Buffer.from(text, 'utf16le')],
    ['UTF-16BE with its mark', text => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['UTF-8 with its mark', text => Buffer.from(`\uFEFF${text}`)],
  ]
  test.each(encodings)('%s', async (_how, encode) => {
    const folder = await mkdtemp(join(tmpdir(), 'utf16-'))
    await writeFile(join(folder, 'windows-cim.json'), encode(cim))
    await writeFile(join(folder, 'wmic-videocontroller.txt'), encode(wmic))
    const { cpu, gpus, os } = await readRecording(folder)
    await rm(folder, { recursive: true })
    expect(os.platform).toBe('win32')
    expect(cpu).toMatchObject({ model: 'AMD Ryzen 7 7700X 8-Core Processor', physicalCores: 8 })
    expect(gpus.map(gpu => gpu.name)).toEqual(['NVIDIA GeForce RTX 3080'])
  })

  test('what a running tool wrote in it is read too, exit code or not', () => {
    const raw = Buffer.from(`\uFEFF${cim}`, 'utf16le').toString('utf8')
    expect(machineOf({ 'windows-cim.json': raw }, 1).cpu.model).toBe('AMD Ryzen 7 7700X 8-Core Processor')
  })
})
