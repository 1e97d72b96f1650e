import { outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import type { ExitEvidence } from './runtime'

/**
 * Words of ggml and of the GPU libraries under it (CUDA, ROCm, Vulkan), the same in every engine built on it. Each was seen in a
 * public report; test/fixtures/runtimes/failures names them.
 */

export const cpuFix = { title: 'Start on the CPU', detail: null, action: { kind: 'restart-with' as const, gpuLayers: 0 } }

const otherBuild = ({ input }: ExitEvidence) => ({
  title: 'Look at other builds',
  detail: 'One for Vulkan or for the CPU.',
  action: { kind: 'install' as const, build: input.build.id },
})

const driverTooOld = (evidence: ExitEvidence) => ({
  cause: 'driver-too-old',
  headline: 'The driver is too old for this build',
  explanation:
    'The CUDA part of this build is newer than what the installed NVIDIA driver serves. A newer driver does, or a build for an older CUDA.',
  permanent: true,
  fixes: [otherBuild(evidence), cpuFix],
})

const driverMixed = () => ({
  cause: 'driver-broken',
  headline: 'Driver and CUDA do not belong together',
  explanation:
    'Parts of two driver versions are loaded, as they are between an update and the next restart, or in a container made for another driver.',
  permanent: true,
  fixes: [{ ...retryFix, detail: 'After the machine was restarted.' }, cpuFix],
})

const noCode = (name: string | null) => (evidence: ExitEvidence) => ({
  cause: 'wrong-arch',
  headline: 'This build has no code for this GPU',
  explanation: `Its kernels were compiled for other generations of GPUs${name === null ? '' : `, not for ${name}`}. A build for Vulkan computes on nearly every GPU.`,
  permanent: true,
  fixes: [otherBuild(evidence), cpuFix],
})

const noProcessor = (evidence: ExitEvidence) => ({
  cause: 'wrong-processor',
  headline: 'This build is not for this processor',
  explanation:
    'It used an instruction that the processor does not have. A build without AVX2 or AVX-512 may run; in a virtual machine its processor may hide them.',
  permanent: true,
  fixes: [otherBuild(evidence)],
})

/** The surest first; texts that are also written before an engine goes on by itself come last. */
export const ggmlRules: readonly FailureRule[] = [
  {
    proof: /rocBLAS error: Cannot read .*TensileLibrary.*GPU arch : (gfx\w+)|TensileLibrary\.dat/,
    explain: (evidence, match) => noCode(match[1] ?? null)(evidence),
  },
  {
    proof: /no kernel image is available for execution on the device|hipErrorNoBinaryForGpu|invalid device function/,
    explain: noCode(null),
  },
  { proof: /device kernel image is invalid|the provided PTX was compiled with an unsupported toolchain/, explain: driverTooOld },
  { proof: /CUDA driver version is insufficient for CUDA runtime version/, explain: driverTooOld },
  {
    proof: /exceeds device memory allocation limit/,
    explain: evidence => ({
      ...outOfMemory('one of its tensors: the driver gives no block as large as it needs')(evidence),
      headline: 'The GPU gives no block of memory that large',
      fixes: [cpuFix, ...outOfMemory('')(evidence).fixes],
    }),
  },
  { proof: /exit status 0xc000001d|Illegal instruction/i, explain: noProcessor },
]

export const ggmlMemoryRule: FailureRule = {
  proof: /ErrorOutOfDeviceMemory|cudaMalloc failed: out of memory|CUDA error: out of memory/,
  explain: outOfMemory('the weights and the context on the GPU'),
}

/** These may stand in the log of a server that then goes on without the GPU. */
export const ggmlDriverRules: readonly FailureRule[] = [
  { proof: /unsupported display driver \/ cuda driver combination|driver\/library version mismatch/i, explain: driverMixed },
]
