import { machineSchema, type Gpu, type Machine } from '../../../electron/contract/machine'

/** Hand-made machines for what no recording shows: one value changed at a time. Recordings are in test/fixtures/machines. */

export function gpuOf(changes: Partial<Gpu>): Gpu {
  return {
    ...{ id: 'gpu0', vendor: 'nvidia', name: 'Test GPU', memoryKind: 'dedicated', integrated: false, vramMiB: 24_564, vramFreeMiB: 24_000 },
    ...{ busId: null, driver: '580.65', cudaVersion: '13.0', computeCapability: '8.9', rocmTarget: null, vulkan: true, metal: null },
    ...{ migEnabled: false, migInstances: [], bandwidthGBps: 1008, fp16Tflops: 82.6, usable: true, whyNot: null },
    ...changes,
  }
}

export type MachineChanges = {
  os?: Partial<Machine['os']>
  cpu?: Partial<Machine['cpu']>
  memory?: Partial<Machine['memory']>
  gpus?: Gpu[]
}

export function machineOf(changes: MachineChanges = {}): Machine {
  return machineSchema.parse({
    detectedAt: null,
    os: {
      ...{ platform: 'linux', name: 'Debian GNU/Linux 12', version: '12', kernel: null, arch: 'x64', libc: 'glibc', libcVersion: '2.36' },
      ...{ wsl: false, container: null },
      ...changes.os,
    },
    cpu: {
      ...{ model: 'Test CPU', vendor: null, physicalCores: 16, logicalCores: 32, performanceCores: null, efficiencyCores: null },
      ...{ isa: ['AVX2', 'AVX512'] },
      ...changes.cpu,
    },
    memory: { ...{ totalMiB: 65_536, availableMiB: 56_000, limitMiB: null, limitFrom: null, bandwidthGBps: 80 }, ...changes.memory },
    gpus: changes.gpus ?? [],
    ...{ containerEngine: null, python: null, uv: null, warnings: [], unknown: {}, origins: {}, probes: [] },
  })
}
