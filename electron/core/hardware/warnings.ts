import type { Gpu, Machine } from '../../contract/machine'
import type { Warning } from './hardware.types'

/** What a person should know of the machine before trusting it, in plain words. */
export function warningsOf(machine: Pick<Machine, 'os' | 'memory' | 'gpus' | 'probes'>, found: readonly Warning[]): Warning[] {
  const { gpus } = machine
  return [
    ...found.filter(warning => !isOverruled(warning, gpus)),
    ...gpus.flatMap(unusedWarning),
    ...unequalWarning(gpus),
    ...gpus.flatMap(migWarning),
    ...inUseWarning(gpus),
    ...oldDriverWarning(gpus),
    ...gpus.flatMap(narrowWarning),
    ...memoryWarnings(machine),
    ...probeWarnings(machine.probes),
  ]
}

/** A tool that failed once does not matter where the driver has answered otherwise. */
function isOverruled(warning: Warning, gpus: readonly Gpu[]): boolean {
  if (warning.code.startsWith('nvidia-driver')) return gpus.some(gpu => gpu.vendor === 'nvidia' && gpu.cudaVersion !== null)
  return warning.code === 'rocm-failed' && gpus.some(gpu => gpu.rocmTarget !== null)
}

function unusedWarning(gpu: Gpu): Warning[] {
  // Adapters that only draw are no loss.
  if (gpu.usable || gpu.whyNot === null || gpu.vendor === 'other') return []
  return [
    {
      code: gpu.integrated ? 'integrated-gpu-not-used' : 'gpu-not-used',
      text: `${gpu.name} (${gpu.id}) is not used for language models. ${gpu.whyNot}`,
    },
  ]
}

/** Cards count as equal within 5 % of memory: firmware and displays take a little from each. */
function unequalWarning(gpus: readonly Gpu[]): Warning[] {
  const sizes = gpus.filter(gpu => gpu.usable && gpu.memoryKind === 'dedicated').flatMap(gpu => (gpu.vramMiB === null ? [] : [gpu.vramMiB]))
  if (sizes.length < 2 || Math.min(...sizes) > Math.max(...sizes) * 0.95) return []
  return [
    {
      code: 'unequal-gpus',
      text: `The GPUs differ in memory (${sizes.map(size => `${(size / 1024).toFixed(0)} GB`).join(', ')}): runtimes that need equal cards use only those that match, others can spread layers over all of them.`,
    },
  ]
}

function migWarning(gpu: Gpu): Warning[] {
  if (!gpu.migEnabled) return []
  const parts = gpu.migInstances.map(part => part.profile).join(', ')
  return [
    {
      code: 'mig-enabled',
      text: `${gpu.name} (${gpu.id}) is divided by MIG${parts ? ` into ${parts}` : ''}: a runtime can use one part, not the whole card.`,
    },
  ]
}

/** A desktop takes this much at most; what is beyond it is somebody's work. */
const desktopMiB = 2048

function inUseWarning(gpus: readonly Gpu[]): Warning[] {
  const held = gpus.flatMap(gpu => {
    if (gpu.memoryKind === 'unified' || gpu.vramMiB === null || gpu.vramFreeMiB === null) return []
    const usedMiB = gpu.vramMiB - gpu.vramFreeMiB
    if (usedMiB < Math.max(desktopMiB, gpu.vramMiB * 0.1)) return []
    const by = (gpu.heldBy ?? []).slice(0, 3).map(each => each.name)
    return [
      `${(usedMiB / 1024).toFixed(1)} of ${(gpu.vramMiB / 1024).toFixed(1)} GB of ${gpu.name} (${gpu.id})${by.length > 0 ? ` by ${[...new Set(by)].join(', ')}` : ''}`,
    ]
  })
  if (held.length === 0) return []
  return [
    { code: 'gpu-in-use', text: `GPU memory is held by other programs: ${held.join('; ')}. What they hold is not there for a model.` },
  ]
}

/** The oldest driver that runs builds for CUDA 12 (https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html). */
const oldestDriver = 525

/** What the driver is decides: a table can print the version of a toolkit that lies in the way. */
const isOld = ({ driver, cudaVersion }: Gpu) =>
  cudaVersion !== null && Number(cudaVersion) < 12 && (driver === null || Number.parseInt(driver, 10) < oldestDriver)

function oldDriverWarning(gpus: readonly Gpu[]): Warning[] {
  const old = gpus.find(gpu => gpu.vendor === 'nvidia' && gpu.usable && isOld(gpu))
  if (!old) return []
  return [
    {
      code: 'driver-old',
      text: `The NVIDIA driver ${old.driver ?? ''} serves CUDA up to ${old.cudaVersion ?? ''}: current CUDA builds want 12 or newer, so update it, or use Vulkan builds.`,
    },
  ]
}

/** Only the lanes count: the generation is turned down while a card rests. */
function narrowWarning({ id, name, pcie, integrated, usable }: Gpu): Warning[] {
  const { width = null, maxWidth = null } = pcie ?? {}
  if (integrated || !usable || width === null || maxWidth === null || width > 4 || maxWidth < 8) return []
  return [
    {
      code: 'pcie-narrow',
      text: `${name} (${id}) has ${width} of its ${maxWidth} PCIe lanes: models load more slowly, and splitting one over several cards loses speed.`,
    },
  ]
}

function memoryWarnings({ os, memory }: Pick<Machine, 'os' | 'memory'>): Warning[] {
  const limitGiB = memory.limitMiB === null ? '' : (memory.limitMiB / 1024).toFixed(1)
  if (memory.totalMiB === null)
    return [{ code: 'memory-unknown', text: 'How much memory the machine has is not known; type it in to get better advice.' }]
  if (memory.limitFrom === 'cgroup') {
    const total = (memory.totalMiB / 1024).toFixed(1)
    return [
      {
        code: 'memory-limited',
        text: `The memory limit of the container is ${limitGiB} GiB, of ${total} GiB in the machine: whatever needs more is killed.`,
      },
    ]
  }
  if (memory.limitFrom === 'wsl')
    return [{ code: 'memory-limited-wsl', text: `Windows grants WSL ${limitGiB} GiB of memory; .wslconfig can raise it.` }]
  if (os.wsl) return [{ code: 'wsl', text: 'This is Linux inside Windows (WSL): memory and GPU are what Windows grants it.' }]
  return []
}

/** Each program by name while they are few; when many are late, it is the machine that is busy. */
const mostNamedPrograms = 3

function probeWarnings(probes: Machine['probes']): Warning[] {
  const late = Map.groupBy(
    probes.filter(probe => probe.outcome === 'timed-out'),
    programOf,
  )
  if (late.size > mostNamedPrograms) {
    const count = [...late.values()].flat().length
    const text = `${count} of ${probes.length} probes did not answer in time, so much is missing; this machine is very busy. Detect again in a moment.`
    return [{ code: 'probe-timed-out', text }]
  }
  return [...late].map(([program, asked]) => {
    const seconds = (Math.max(...asked.map(probe => probe.durationMs)) / 1000).toFixed(1)
    return { code: 'probe-timed-out', text: `${program} did not answer within ${seconds} s, so what it would tell is missing.` }
  })
}

/** `nvidia-smi` of whatever it was asked; files and tasks go by the name of their probe. */
const programOf = ({ probe, commandLine }: Machine['probes'][number]) => {
  const [program = probe] = commandLine.split(' ')
  return probe.startsWith(program) ? program : probe
}
