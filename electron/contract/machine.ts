import * as z from 'zod'

/** Where a value comes from: read by a probe, looked up in a table of ours, derived from others, or said by the person. */
export const originSchema = z.object({
  kind: z.enum(['probe', 'table', 'derived', 'person']),
  /** The tool, file, table or formula, in words: `nvidia-smi -q -x`, `resources/knowledge/gpus.json`. */
  from: z.string(),
  /** `sure`: a tool read it off the part itself. `likely`: a table or a formula. `guess`: assumed, or read off a name that was cut. */
  confidence: z.enum(['sure', 'likely', 'guess']).optional(),
})

export const operatingSystemSchema = z.object({
  platform: z.enum(['linux', 'darwin', 'win32']),
  /** As a person would say it: `Debian GNU/Linux 12`, `macOS 15.1`, `Windows 11`. */
  name: z.string().nullable(),
  version: z.string().nullable(),
  kernel: z.string().nullable(),
  arch: z.enum(['x64', 'arm64', 'other']),
  libc: z.enum(['glibc', 'musl']).nullable(),
  libcVersion: z.string().nullable(),
  wsl: z.boolean(),
  container: z.string().nullable(),
  /**
   * Linux: who gets pages of 2 MiB for memory of its own (transparent huge pages): everybody, who asks for them, nobody. Absent in
   * older records.
   */
  hugePages: z.enum(['always', 'madvise', 'never']).nullable().optional(),
})

export const cpuSchema = z.object({
  model: z.string().nullable(),
  vendor: z.string().nullable(),
  /** Physical cores, not hardware threads. */
  physicalCores: z.int().nullable(),
  logicalCores: z.int().nullable(),
  performanceCores: z.int().nullable(),
  efficiencyCores: z.int().nullable(),
  /** Instruction sets that matter to inference, upper case: `AVX2`, `AVX512`, `AVX512_VNNI`, `AMX`, `NEON`. */
  isa: z.array(z.string()),
  sockets: z.int().nullable().optional(),
  /** Parts of the memory that are nearer to some cores than to others; 1 = all alike. */
  numaNodes: z.int().nullable().optional(),
  /** CPUs that a control group lets us use at once (a quota may be 3.5), null where all are ours. Absent in older records. */
  limitCores: z.number().nullable().optional(),
})

export const memorySchema = z.object({
  totalMiB: z.number().nullable(),
  availableMiB: z.number().nullable(),
  /** Limit below the hardware's total (cgroup, WSL), null when there is none. */
  limitMiB: z.number().nullable(),
  limitFrom: z.enum(['cgroup', 'wsl', 'person']).nullable(),
  /** Peak of the modules where they are known; else what reading it gave in a short measurement (`origins` says which). */
  bandwidthGBps: z.number().nullable(),
  /** `DDR4`, `DDR5`, `LPDDR5`. */
  type: z.string().nullable().optional(),
  /** Channels that have a module in them. */
  channels: z.int().nullable().optional(),
  /** Transfers per second that the modules run at, in millions. */
  speedMTps: z.number().nullable().optional(),
})

/** A link to the board: generation and lanes now and at most. Cards slow theirs down while idle, so the most is what counts. */
export const pcieSchema = z.object({
  generation: z.int().nullable(),
  width: z.int().nullable(),
  maxGeneration: z.int().nullable(),
  maxWidth: z.int().nullable(),
})

export const gpuSchema = z.object({
  /** Stable within one machine: `gpu0`, `gpu1`, in the order tools list them. */
  id: z.string(),
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple', 'huawei', 'other']),
  name: z.string(),
  memoryKind: z.enum(['dedicated', 'unified']),
  integrated: z.boolean(),
  vramMiB: z.number().nullable(),
  vramFreeMiB: z.number().nullable(),
  busId: z.string().nullable(),
  driver: z.string().nullable(),
  /** Newest CUDA version this driver can serve, `12.8`. */
  cudaVersion: z.string().nullable(),
  /** CUDA compute capability, `8.9`. */
  computeCapability: z.string().nullable(),
  /** ROCm target, `gfx1100`. */
  rocmTarget: z.string().nullable(),
  vulkan: z.boolean().nullable(),
  metal: z.string().nullable(),
  migEnabled: z.boolean().nullable(),
  migInstances: z.array(z.object({ profile: z.string(), memoryMiB: z.number().nullable() })),
  bandwidthGBps: z.number().nullable(),
  /** Dense FP16 shader rate from the GPU table, used for prefill estimates. */
  fp16Tflops: z.number().nullable(),
  pcie: pcieSchema.nullable().optional(),
  /** Links to other cards besides the board's, as many as are active; 0 = none. */
  nvlinks: z.int().nullable().optional(),
  powerLimitW: z.number().nullable().optional(),
  /** The most that its power limit can be set to. */
  powerMaxW: z.number().nullable().optional(),
  /** Whether AMD lists its target as supported by ROCm; null when unknown, absent for other vendors. */
  rocmListed: z.boolean().nullable().optional(),
  /** A monitor is driven by it, so part of its memory is the desktop's. */
  drivesDisplay: z.boolean().nullable().optional(),
  /** Programs that hold its memory now, the largest first; empty = none, null = the tools do not tell. */
  heldBy: z
    .array(z.object({ name: z.string(), memoryMiB: z.number().nullable() }))
    .nullable()
    .optional(),
  /** `iogpu.wired_limit_mb` of macOS when somebody set it. */
  wiredLimitMiB: z.number().nullable().optional(),
  usable: z.boolean(),
  /** Why it is not used for LLMs; null when usable. */
  whyNot: z.string().nullable(),
})

export const probeRunSchema = z.object({
  probe: z.string(),
  commandLine: z.string(),
  exitCode: z.number().nullable(),
  durationMs: z.number(),
  /** `missing` = the tool is not there, which is an answer, not an error. */
  outcome: z.enum(['read', 'missing', 'failed', 'timed-out']),
})

/** The disk that holds the models folder. */
export const diskSchema = z.object({
  kind: z.enum(['nvme', 'ssd', 'hdd', 'network', 'virtual', 'memory']).nullable(),
  fileSystem: z.string().nullable(),
  totalMiB: z.number().nullable(),
  freeMiB: z.number().nullable(),
  /** As the system calls it, `nvme0n1`; null where it has no name. */
  device: z.string().nullable().optional(),
  /** What reading a model file past the cache gave, in MB/s; absent where it was not measured. */
  readMBps: z.number().optional(),
})

/** What runs or builds for an accelerator besides its driver; null = not found. */
export const toolkitsSchema = z.object({
  /** The CUDA toolkit (compiler), which no runtime here needs. */
  cuda: z.string().nullable(),
  rocm: z.string().nullable(),
  levelZero: z.string().nullable(),
  cann: z.string().nullable(),
})

export const machineSchema = z.object({
  detectedAt: z.string().nullable(),
  os: operatingSystemSchema,
  cpu: cpuSchema,
  memory: memorySchema,
  gpus: z.array(gpuSchema),
  /** Container engine found and whether it can pass GPUs through; null when unknown. */
  containerEngine: z.string().nullable(),
  /** Whether a container gets at the NVIDIA GPU, and by what (`CDI`, `nvidia-container-runtime`); null when unknown or without one. */
  containerGpu: z.object({ can: z.boolean(), how: z.string() }).nullable().optional(),
  /** Processors for neural networks that are no GPUs (`Ryzen AI`, `Apple Neural Engine`); no runtime here uses them. */
  npus: z.array(z.object({ name: z.string(), driver: z.string().nullable() })).optional(),
  disk: diskSchema.nullable().optional(),
  toolkits: toolkitsSchema.optional(),
  python: z.string().nullable(),
  uv: z.string().nullable(),
  /** What should be known about this machine before trusting it: a second GPU not used, a memory limit, a driver too old. */
  warnings: z.array(
    z.object({
      code: z.string(),
      text: z.string(),
      /** What to hand to `machine.dismiss` when the person has read it; absent where it stays true until the machine changes. */
      dismiss: z.string().optional(),
    }),
  ),
  /** Path of a null value (`gpus.gpu0.bandwidthGBps`, `memory.totalMiB`) -> why it is unknown. */
  unknown: z.record(z.string(), z.string()),
  /** Paths whose values are still being measured: a later state of this machine has them. Absent or empty when all is said. */
  pending: z.array(z.string()).optional(),
  /** Path of a value -> where it comes from. */
  origins: z.record(z.string(), originSchema),
  probes: z.array(probeRunSchema),
})

/** What was detected. A value that could not be read is null and `unknown` says why. */
export type Machine = z.infer<typeof machineSchema>
export type Gpu = z.infer<typeof gpuSchema>
export type Origin = z.infer<typeof originSchema>
export type ProbeRun = z.infer<typeof probeRunSchema>

/** A person's correction of one value, by the same path as `unknown` and `origins`; null takes the correction back. */
export const correctionSchema = z.object({ path: z.string(), value: z.union([z.number(), z.string(), z.boolean(), z.null()]) })
export type Correction = z.infer<typeof correctionSchema>
