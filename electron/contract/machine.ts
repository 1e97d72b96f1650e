import * as z from 'zod'

/** Where a value comes from: read by a probe, looked up in a table of ours, derived from others, or said by the person. */
export const originSchema = z.object({
  kind: z.enum(['probe', 'table', 'derived', 'person']),
  /** The tool, file, table or formula, in words: `nvidia-smi -q -x`, `resources/knowledge/gpus.json`. */
  from: z.string(),
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
})

export const memorySchema = z.object({
  totalMiB: z.number().nullable(),
  availableMiB: z.number().nullable(),
  /** Limit below the hardware's total (cgroup, WSL), null when there is none. */
  limitMiB: z.number().nullable(),
  limitFrom: z.enum(['cgroup', 'wsl', 'person']).nullable(),
  bandwidthGBps: z.number().nullable(),
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

export const machineSchema = z.object({
  detectedAt: z.string().nullable(),
  os: operatingSystemSchema,
  cpu: cpuSchema,
  memory: memorySchema,
  gpus: z.array(gpuSchema),
  /** Container engine found and whether it can pass GPUs through; null when unknown. */
  containerEngine: z.string().nullable(),
  python: z.string().nullable(),
  uv: z.string().nullable(),
  /** What should be known about this machine before trusting it: a second GPU not used, a memory limit, a driver too old. */
  warnings: z.array(z.object({ code: z.string(), text: z.string() })),
  /** Path of a null value (`gpus.gpu0.bandwidthGBps`, `memory.totalMiB`) -> why it is unknown. */
  unknown: z.record(z.string(), z.string()),
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
