import type { Gpu, Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'

/** Shared vocabulary of every adapter's `judge`: what of a machine matters to an engine, and the two answers. */

type How = Extract<RuntimeVerdict, { can: true }>['how']

export const can = (backends: readonly string[], options: { how?: How; notes?: readonly string[] } = {}): RuntimeVerdict => ({
  can: true,
  how: options.how ?? 'native',
  backends: [...backends],
  notes: [...(options.notes ?? [])],
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

/**
 * Highest compute capability among the NVIDIA GPUs; null when none is known. A machine with a mixed set is judged by its
 * best card, since an engine can be told to use that one alone.
 */
export function bestComputeCapability(machine: Machine): number | null {
  const known = usableGpus(machine, 'nvidia').flatMap(gpu => versionNumber(gpu.computeCapability) ?? [])
  return known.length > 0 ? Math.max(...known) : null
}

/** Backends of the ggml family for this machine's GPUs, best first, CPU last. */
export function ggmlBackends(machine: Machine, rocmTargets: ReadonlySet<string>): string[] {
  const backends = new Set<string>()
  for (const gpu of usableGpus(machine)) {
    if (gpu.vendor === 'apple') backends.add('metal')
    if (gpu.vendor === 'nvidia') backends.add('cuda')
    if (gpu.vendor === 'amd' && gpu.rocmTarget !== null && rocmTargets.has(gpu.rocmTarget)) backends.add('rocm')
    if (gpu.vendor === 'huawei') backends.add('cann')
    // macOS has no Vulkan of its own.
    const vulkan = gpu.vendor !== 'apple' && gpu.vendor !== 'huawei' && gpu.vulkan !== false
    if (vulkan && machine.os.platform !== 'darwin') backends.add('vulkan')
  }
  return [...backends, 'cpu']
}

/**
 * Linux engines that need an NVIDIA driver of at least `driver` for their current wheels: natively on Linux, inside WSL2
 * on Windows. An older driver is a note, not a refusal: older wheels exist.
 */
export function judgeLinuxCuda(machine: Machine, needs: { capability: number; driver: number; older: string }): RuntimeVerdict | null {
  const gpus = usableGpus(machine, 'nvidia')
  if (gpus.length === 0 || machine.os.platform === 'darwin') return null
  const capability = bestComputeCapability(machine)
  if (capability !== null && capability < needs.capability)
    return cannot(`It needs compute capability ${needs.capability} or newer; the best card here has ${capability}.`)
  const drivers = gpus.flatMap(gpu => driverMajor(gpu) ?? [])
  const notes = drivers.some(major => major < needs.driver)
    ? [`Its current wheels want driver ${needs.driver} or newer, here is ${Math.min(...drivers)}: update the driver, or ${needs.older}.`]
    : []
  if (machine.os.platform === 'win32')
    return can(['cuda'], { how: 'wsl2', notes: ['It has no Windows build: it runs inside WSL2, with the driver of Windows.', ...notes] })
  return can(['cuda'], { notes })
}
