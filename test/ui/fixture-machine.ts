import type { GatewayStatus } from '../../electron/contract/gateway'
import type { Gpu, Machine } from '../../electron/contract/machine'
import type { ModelsSnapshot } from '../../electron/contract/model'
import type { RuntimeSummary } from '../../electron/contract/runtime'
import { settingsSchema, type Settings } from '../../electron/contract/settings'
import type { SystemInfo } from '../../electron/contract/system'
import { need } from './fixture-decision'

/** A made-up host and machine, in the shape of the contract. */
const at = '2026-01-15T11:31:00.000Z'

export const gpu: Gpu = {
  id: 'gpu0',
  vendor: 'nvidia',
  name: 'NVIDIA GeForce RTX 4090',
  memoryKind: 'dedicated',
  integrated: false,
  vramMiB: 24_564,
  vramFreeMiB: 22_400,
  busId: '00000000:01:00.0',
  driver: '580.95',
  cudaVersion: '13.0',
  computeCapability: '8.9',
  rocmTarget: null,
  vulkan: true,
  metal: null,
  migEnabled: false,
  migInstances: [],
  bandwidthGBps: 1008,
  fp16Tflops: 82.6,
  usable: true,
  whyNot: null,
}

export const machine: Machine = {
  detectedAt: at,
  os: {
    platform: 'linux',
    name: 'Ubuntu 24.04',
    version: '24.04',
    kernel: '6.8.0',
    arch: 'x64',
    libc: 'glibc',
    libcVersion: '2.39',
    wsl: false,
    container: null,
  },
  cpu: {
    model: 'AMD Ryzen 9 7950X 16-Core Processor',
    vendor: 'AuthenticAMD',
    physicalCores: 16,
    logicalCores: 32,
    performanceCores: null,
    efficiencyCores: null,
    isa: ['AVX2', 'AVX512', 'AVX512_VNNI'],
  },
  memory: { totalMiB: 64_000, availableMiB: 49_500, limitMiB: null, limitFrom: null, bandwidthGBps: null },
  gpus: [gpu],
  containerEngine: 'Docker',
  python: '3.12.3',
  uv: null,
  warnings: [{ code: 'igpu', text: 'The integrated GPU is not used for LLMs: it shares its bandwidth with the processor.' }],
  unknown: { 'memory.bandwidthGBps': 'The memory modules could not be read without root.' },
  origins: {
    'gpus.gpu0.vramMiB': { kind: 'probe', from: 'nvidia-smi -q -x' },
    'gpus.gpu0.bandwidthGBps': { kind: 'table', from: 'resources/knowledge/gpus.json' },
    'cpu.physicalCores': { kind: 'probe', from: '/proc/cpuinfo' },
  },
  probes: [],
}

export const settings: Settings = settingsSchema.parse({ need })

export const gateway: GatewayStatus = {
  state: 'ready',
  why: null,
  address: 'http://127.0.0.1:4700/v1',
  port: 4700,
  portNote: null,
  routes: [],
  inFlight: 0,
  requestsTotal: 0,
}

export const system: SystemInfo = {
  version: '0.1.0',
  home: '/home/someone/.local/share/roundhouse',
  shell: 'browser',
  platform: 'linux x64',
  node: '24.21.0',
  hostPid: 4711,
  startedAt: at,
  notices: [],
}

export const models: ModelsSnapshot = {
  library: [],
  offered: [],
  folder: '/home/someone/.local/share/roundhouse/models',
  freeDiskMiB: 400_000,
  reachable: { hub: true, pypi: true },
}

export const runtimes: RuntimeSummary[] = []
