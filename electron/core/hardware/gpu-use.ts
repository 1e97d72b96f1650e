import type { Gpu } from '../../contract/machine'
import type { GpuSighting } from './hardware.types'

/** Below this a card holds no model that the processor would not run as well. */
const leastVramMiB = 1900
/** Graphics inside a processor with less than this read memory no faster than the processor itself does. */
const leastSharedBandwidthGBps = 200
/** Oldest CUDA compute capability that builds of the runtimes still carry code for (Maxwell). */
const leastCapability = 5

type Known = Pick<Gpu, 'vendor' | 'integrated' | 'vramMiB' | 'driver' | 'vulkan' | 'computeCapability'> & {
  tableBandwidthGBps: number | null
  /** A tool of its driver has spoken of it, be it without the driver's version. */
  answered: boolean
}

/** Why this GPU is not used for language models, in one sentence; null when it is. */
export function whyNotUsed(seen: GpuSighting, gpu: Known): string | null {
  if (seen.whyNot) return seen.whyNot
  if (seen.kernelDriver === 'vfio-pci') return 'It is set aside for a virtual machine (vfio-pci).'
  if (gpu.vendor === 'nvidia') return nvidia(seen, gpu)
  if (seen.kernelDriver === 'none' && gpu.vulkan !== true && !gpu.integrated)
    return 'No driver has taken it, so nothing can compute on it; install or load the one of its maker.'
  if (gpu.vendor === 'huawei' && seen.vramMiB === undefined)
    return 'npu-smi did not answer, so its driver is not there or not working: install or mend it, then detect again.'
  if (gpu.vendor === 'other') return 'No runtime we know uses GPUs of this make.'
  if (gpu.vendor !== 'apple' && gpu.integrated && (gpu.tableBandwidthGBps ?? 0) < leastSharedBandwidthGBps) {
    return 'It is part of the processor and shares its memory, so it would generate no faster than the processor alone.'
  }
  return tooSmall(gpu)
}

function nvidia(seen: GpuSighting, gpu: Known): string | null {
  // Jetson boards before JetPack 5.1 have no nvidia-smi; their driver is part of the system.
  if (!gpu.driver && !gpu.answered && gpu.vulkan !== true && !/Jetson/.test(seen.name ?? '')) {
    return seen.kernelDriver === 'nouveau'
      ? 'It runs on the open driver nouveau; the NVIDIA driver has to be installed.'
      : 'No NVIDIA driver answers for it (nvidia-smi is not there or fails): install or mend the driver, then detect again.'
  }
  if (gpu.computeCapability !== null && Number(gpu.computeCapability) < leastCapability)
    return `Its compute capability ${gpu.computeCapability} is older than what runtimes support.`
  return tooSmall(gpu)
}

const tooSmall = ({ vramMiB }: Known) => (vramMiB !== null && vramMiB < leastVramMiB ? `It has too little memory (${vramMiB} MiB).` : null)
