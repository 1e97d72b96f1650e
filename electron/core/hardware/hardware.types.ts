import type { Gpu, Machine, ProbeRun } from '../../contract/machine'

export type Platform = Machine['os']['platform']

/** What one probe left behind: the text of one tool or file, and how it went. */
export type Reading = { fileName: string; text: string; run: ProbeRun }

type Seen<Fields> = { readonly [Key in keyof Fields]?: Fields[Key] | null | undefined }

/** What one tool says about one GPU. Absent and null alike mean that the tool does not tell. */
export type GpuSighting = { readonly vendor: Gpu['vendor'] } & Seen<{
  name: string
  /** The tool cuts long names, as the table of nvidia-smi does. */
  nameIsCut: boolean
  /** Vendor and device, `1002:744c`. */
  pciId: string
  busId: string
  integrated: boolean
  /** Shares the machine's memory, so that it has none of its own. */
  unified: boolean
  vramMiB: number
  vramFreeMiB: number
  vramUsedMiB: number
  /** Used share of the memory, 0 to 1, from a tool that gives no more. */
  vramUsedShare: number
  /** Memory of the machine that an integrated GPU may map besides its own part. */
  sharedMiB: number
  driver: string
  /** Kernel module in use: `nvidia`, `nouveau`, `amdgpu`, `vfio-pci`. */
  kernelDriver: string
  cudaVersion: string
  computeCapability: string
  architecture: string
  rocmTarget: string
  vulkan: boolean
  metal: string
  gpuCores: number
  migEnabled: boolean
  migInstances: Gpu['migInstances']
  whyNot: string
  pcie: Gpu['pcie']
  nvlinks: number
  powerLimitW: number
  powerMaxW: number
  drivesDisplay: boolean
  heldBy: Gpu['heldBy']
}>

export type SightingField = Exclude<keyof GpuSighting, 'vendor'>

export type OsFacts = Seen<{
  platform: Platform
  name: string
  version: string
  kernel: string
  arch: Machine['os']['arch']
  libc: 'glibc' | 'musl'
  libcVersion: string
  wsl: boolean
  container: string
  hugePages: 'always' | 'madvise' | 'never'
}>

export type CpuFacts = Seen<{
  model: string
  vendor: string
  physicalCores: number
  logicalCores: number
  performanceCores: number
  efficiencyCores: number
  isa: string[]
  sockets: number
  numaNodes: number
  /** CPUs that the control groups let us use at once. */
  limitCores: number
  /** The board's name, where it says more than the processor's (`Raspberry Pi 5 Model B Rev 1.0`). */
  board: string
  /** Names of the board and its chip in the device tree (`radxa,rock-5b rockchip,rk3588`). */
  chip: string
  /** A guest of a hypervisor: the memory is part of somebody's. */
  virtual: boolean
}>

export type MemoryFacts = Seen<{
  totalMiB: number
  availableMiB: number
  /** About what is available, where no tool tells it. */
  availableNearMiB: number
  cgroupLimitMiB: number
  cgroupUsedMiB: number
  /** What the GPU of an Apple chip may wire, 0 = the system's default. */
  wiredLimitMiB: number
  type: string
  channels: number
  speedMTps: number
  /** Width of all populated channels together. */
  widthBits: number
  /** What a short measurement read. */
  measuredGBps: number
}>

export type SoftwareFacts = Seen<{
  containerEngine: string
  python: string
  uv: string
  cuda: string
  rocm: string
  levelZero: string
  cann: string
  /** By what containers get at the NVIDIA GPU; '' = a tool said that they do not. */
  containerGpu: string
  /** Of the driver as a whole, for GPUs whose own tool does not say it. */
  nvidiaDriver: string
  nvidiaCuda: string
  amdDriver: string
}>

export type DiskFacts = Seen<Required<NonNullable<Machine['disk']>>>

export type Warning = Machine['warnings'][number]

/** What one parser found in one text. */
export type Findings = {
  readonly gpus?: readonly GpuSighting[]
  readonly os?: OsFacts
  readonly cpu?: CpuFacts
  readonly memory?: MemoryFacts
  readonly software?: SoftwareFacts
  readonly disk?: DiskFacts
  readonly npus?: Machine['npus']
  readonly warnings?: readonly Warning[]
}

/** One format of one tool: which text is in it, and what the text says. `parse` never throws. */
export type Parser = {
  /** The tool as a person would type it; becomes the origin of its values. */
  tool: string
  recognises(text: string, fileName: string): boolean
  parse(text: string, fileName: string): Findings
}
