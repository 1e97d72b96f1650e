import type { Gpu, Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'

/** Shared vocabulary of every adapter's `judge`: what of a machine matters to an engine, and the two answers. */

type How = Extract<RuntimeVerdict, { can: true }>['how']
type Lacks = Extract<RuntimeVerdict, { can: true }>['lacks']

export const can = (
  backends: readonly string[],
  options: { how?: How; notes?: readonly string[]; lacks?: Lacks } = {},
): RuntimeVerdict => ({
  can: true,
  how: options.how ?? 'native',
  backends: [...backends],
  notes: [...(options.notes ?? [])],
  ...(options.lacks && options.lacks.length > 0 && { lacks: options.lacks }),
})

export const cannot = (why: string): RuntimeVerdict => ({ can: false, why })

export const usableGpus = (machine: Pick<Machine, 'gpus'>, vendor?: Gpu['vendor']): Gpu[] =>
  machine.gpus.filter(gpu => gpu.usable && (vendor === undefined || gpu.vendor === vendor))

export const isAppleSilicon = (machine: Machine) => machine.os.platform === 'darwin' && machine.os.arch === 'arm64'

/** Numbers of a dotted version, `580.65.06` -> 580.65; null when there is none. */
export function versionNumber(version: string | null): number | null {
  const match = version === null ? null : /(\d+)(?:\.(\d+))?/.exec(version)
  return match ? Number(`${match[1] ?? '0'}.${match[2] ?? '0'}`) : null
}

/** Major version of the driver, `535.86.05` -> 535. */
export const driverMajor = (gpu: Gpu): number | null => {
  const version = versionNumber(gpu.driver)
  return version === null ? null : Math.floor(version)
}

/** Major of the oldest NVIDIA driver here; infinite where none is known. */
export const oldestDriver = (machine: Pick<Machine, 'gpus'>): number =>
  Math.min(...usableGpus(machine, 'nvidia').flatMap(gpu => driverMajor(gpu) ?? []))

/**
 * Newest CUDA whose builds a driver runs, by NVIDIA's rule of minor versions: 13 from driver 580, 12 from 525
 * (https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html). The version that nvidia-smi prints
 * counts where the driver is not known; 0 stands for an older one, null for not known.
 */
export function cudaMajor(gpu: Gpu): number | null {
  const driver = driverMajor(gpu)
  if (driver !== null) return driver >= 580 ? 13 : driver >= 525 ? 12 : 0
  const printed = versionNumber(gpu.cudaVersion)
  return printed === null ? null : printed >= 12 ? Math.floor(printed) : 0
}

/** What no current CUDA build runs with: neither those for CUDA 12 nor for 13. */
const isTooOld = (gpu: Gpu) => cudaMajor(gpu) === 0

/** Majors of the drivers where no NVIDIA GPU here runs CUDA 12; null where one does, or where there is none. */
function oldDrivers(machine: Pick<Machine, 'gpus'>): string | null {
  const gpus = usableGpus(machine, 'nvidia')
  if (gpus.length === 0 || !gpus.every(isTooOld)) return null
  const drivers = gpus.flatMap(gpu => driverMajor(gpu) ?? [])
  return drivers.length > 0 ? `The NVIDIA driver ${Math.max(...drivers)}` : 'The NVIDIA driver'
}

/** Said of engines that have nothing but CUDA, where the driver is too old for it. */
export function oldDriverFor(machine: Pick<Machine, 'gpus'>): string | null {
  const which = oldDrivers(machine)
  return which === null ? null : `${which} is too old for CUDA 12: with 525 or newer, better 580, it can run.`
}

/** Said of engines that have other builds too. */
export function withoutCuda(machine: Pick<Machine, 'gpus'>): string[] {
  const which = oldDrivers(machine)
  return which === null
    ? []
    : [`${which} is too old for its CUDA builds: update it to 525 or newer, better 580. Until then its other builds do the work.`]
}

/**
 * Highest compute capability among the NVIDIA GPUs; null when none is known. A machine with a mixed set is judged by its
 * best card, since an engine can be told to use that one alone.
 */
export function bestComputeCapability(machine: Machine): number | null {
  const known = usableGpus(machine, 'nvidia').flatMap(gpu => versionNumber(gpu.computeCapability) ?? [])
  return known.length > 0 ? Math.max(...known) : null
}

/** AMD's Instinct parts have no graphics, so no graphics driver brings Vulkan along: it counts only where it was seen. */
const isComputeOnly = ({ vendor, name, rocmTarget }: Gpu) =>
  vendor === 'amd' && (/instinct/i.test(name) || /^gfx9(?:08|0a|4\d|50)$/.test(rocmTarget ?? ''))

/** Backends of the ggml family for this machine's GPUs, best first, CPU last. */
export function ggmlBackends(machine: Machine, rocmTargets: ReadonlySet<string>): string[] {
  const backends = new Set<string>()
  for (const gpu of usableGpus(machine)) {
    if (gpu.vendor === 'apple') backends.add('metal')
    if (gpu.vendor === 'nvidia' && !isTooOld(gpu)) backends.add('cuda')
    if (gpu.vendor === 'amd' && gpu.rocmTarget !== null && rocmTargets.has(gpu.rocmTarget)) backends.add('rocm')
    if (gpu.vendor === 'huawei') backends.add('cann')
    // macOS has no Vulkan of its own.
    const vulkan = gpu.vendor !== 'apple' && gpu.vendor !== 'huawei' && (isComputeOnly(gpu) ? gpu.vulkan === true : gpu.vulkan !== false)
    if (vulkan && machine.os.platform !== 'darwin') backends.add('vulkan')
  }
  return [...backends, 'cpu']
}

/**
 * Linux engines that need an NVIDIA driver of at least `driver` for their current wheels: natively on Linux, inside WSL2
 * on Windows. A driver that runs CUDA 12 is a note, not a refusal: wheels for it exist.
 */
export function judgeLinuxCuda(machine: Machine, needs: { capability: number; driver: number; older: string }): RuntimeVerdict | null {
  const gpus = usableGpus(machine, 'nvidia')
  if (gpus.length === 0 || machine.os.platform === 'darwin') return null
  const capability = bestComputeCapability(machine)
  if (capability !== null && capability < needs.capability)
    return cannot(`It needs compute capability ${needs.capability} or newer; the best card here has ${capability}.`)
  const drivers = gpus.flatMap(gpu => driverMajor(gpu) ?? [])
  const old = oldDriverFor(machine)
  if (old !== null) return cannot(old)
  const notes = drivers.some(major => major < needs.driver)
    ? [`Its current wheels want driver ${needs.driver} or newer, here is ${Math.min(...drivers)}: update the driver, or ${needs.older}.`]
    : []
  const lacks = lacksOfFp8Cache(capability)
  if (machine.os.platform === 'win32')
    return can(['cuda'], {
      how: 'wsl2',
      notes: ['It has no Windows build: it runs inside WSL2, with the driver of Windows.', ...notes],
      lacks,
    })
  return can(['cuda'], { notes, lacks })
}

/**
 * Least compute capability of a KV cache in FP8 (https://docs.vllm.ai/en/latest/features/quantization/quantized_kvcache/);
 * below it starts end with "fp8e4nv not supported in this architecture".
 */
const fp8Capability = 8.9

/** Must-haves that an engine whose smaller KV cache is in FP8 does not fulfil on NVIDIA cards of this compute capability. */
export const lacksOfFp8Cache = (capability: number | null): NonNullable<Lacks> =>
  capability !== null && capability < fp8Capability ? ['kv-quant'] : []
