import type { Machine } from '../../contract/machine'
import { helpFlags } from './common-python'
import { oldestDriver, usableGpus } from './facts-judge'
import type { BuildKind, InstallPlan } from './runtime'

/** The release whose packages were installed and whose parser was asked here; without a GPU it was not started. */
export const sglangVersion = '0.5.23'

const GB = 1_000_000_000

export const sglangBuilds: readonly BuildKind[] = [
  {
    kind: 'sglang',
    title: 'SGLang',
    find: {
      commands: ['sglang'],
      places: { linux: ['~/.venv/bin/sglang', '~/sglang/.venv/bin/sglang', '~/miniconda3/envs/sglang/bin/sglang'] },
      versionArguments: ['version'],
      distributions: ['sglang'],
      flags: helpFlags('serve', '--help'),
    },
    parseVersion: output => /^(?:sglang(?:==|:? version:?|:)?\s*)?v?(\d+\.\d+\.\d+(?:\.?(?:rc|dev|post)\d+)*)/im.exec(output)?.[1] ?? null,
    installs,
  },
]

function installs(machine: Machine): InstallPlan[] {
  const { platform } = machine.os
  if (platform === 'win32' && usableGpus(machine, 'nvidia').length > 0) return [wslPlan]
  if (platform !== 'linux') return []
  if (usableGpus(machine, 'nvidia').length > 0) return [cudaPlan(machine), cudaContainer(machine)]
  return [fromItsPage]
}

/** From 0.5.20 on its packages are for CUDA 13, which needs driver 580 (docs.nvidia.com/deploy/cuda-compatibility). */
const driverLeast = 580

function cudaPlan(machine: Machine): InstallPlan {
  const oldest = oldestDriver(machine)
  return {
    id: 'pypi-cuda',
    title: `SGLang ${sglangVersion} for NVIDIA GPUs`,
    variant: 'cuda',
    backends: ['cuda'],
    fetch: {
      kind: 'python-venv',
      requirements: [`sglang==${sglangVersion}`],
      launcher: null,
      program: 'sglang',
      ...{ python: '3.11', pythonMost: '3.13' },
      ...{ downloadBytes: 4.9 * GB, diskBytes: 9.9 * GB },
    },
    why:
      oldest < driverLeast
        ? `Its packages are for CUDA 13, which needs driver ${driverLeast} or newer; here is ${oldest}. Update the driver, or take its container for CUDA 12.`
        : machine.os.libc === 'musl'
          ? 'Its packages need glibc; this system has musl.'
          : null,
  }
}

/** The last release for CUDA 12 and the tag of its image (hub.docker.com/r/lmsysorg/sglang/tags; CUDA 12.9). */
const cuda12 = { version: '0.5.19', tag: 'v0.5.19-cu129', driverLeast: 525 }

/** The image of the newest release is for CUDA 13 as well; a driver that runs CUDA 12 only gets the last one for that. */
function cudaContainer(machine: Machine): InstallPlan {
  const oldest = oldestDriver(machine)
  const isOlder = oldest < driverLeast
  const version = isOlder ? cuda12.version : sglangVersion
  const own = 'It brings its own Python, CUDA libraries and compiled kernels.'
  return {
    ...{ id: isOlder ? 'container-cuda12' : 'container-cuda', variant: 'cuda-container', backends: ['cuda'] },
    title: `SGLang ${version} container${isOlder ? ' for CUDA 12' : ''}`,
    fetch: {
      ...{ kind: 'container', image: 'docker.io/lmsysorg/sglang', tag: isOlder ? cuda12.tag : `v${version}` },
      note: isOlder ? `${own} Newer ones are for CUDA 13, which needs driver ${driverLeast}; here is ${oldest}.` : own,
    },
    why: oldest < cuda12.driverLeast ? `CUDA 12 needs driver ${cuda12.driverLeast} or newer; here is ${oldest}. Update the driver.` : null,
  }
}

const fromItsPage: InstallPlan = {
  ...{ id: 'page', title: 'SGLang for AMD GPUs or CPUs with AMX', variant: 'page', backends: ['rocm', 'cpu'] },
  fetch: {
    kind: 'vendor',
    page: 'https://docs.sglang.ai/get_started/install.html',
    steps: [
      'PyPI has its packages for NVIDIA only.',
      'Take the image for your hardware from its page, or build it from source as the page says.',
      'Start it, then attach to its address in Roundhouse.',
    ],
  },
  why: null,
}

const wslPlan: InstallPlan = {
  ...{ id: 'wsl2', title: 'SGLang inside WSL2', variant: 'wsl2', backends: ['cuda'] },
  fetch: {
    kind: 'vendor',
    page: 'https://learn.microsoft.com/windows/ai/directml/gpu-cuda-in-wsl',
    steps: [
      'Install WSL2: run `wsl --install` as an administrator and restart.',
      'Install the NVIDIA driver for Windows, none inside WSL2.',
      'Start Roundhouse inside WSL2: it installs SGLang there, and its address is reached from Windows too.',
    ],
  },
  why: null,
}
