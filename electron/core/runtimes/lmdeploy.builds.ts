import type { Machine } from '../../contract/machine'
import { helpFlags } from './common-python'
import { usableGpus } from './facts-judge'
import type { BuildKind, InstallPlan } from './runtime'

/** The release whose packages were installed and whose parser was asked here; without a GPU it was not started. */
export const lmdeployVersion = '0.18.0'

const GB = 1_000_000_000

export const lmdeployBuilds: readonly BuildKind[] = [
  {
    kind: 'lmdeploy',
    title: 'LMDeploy',
    find: {
      commands: ['lmdeploy'],
      places: { linux: ['~/.venv/bin/lmdeploy', '~/miniconda3/envs/lmdeploy/bin/lmdeploy'] },
      versionArguments: ['--version'],
      distributions: ['lmdeploy'],
      flags: helpFlags('serve', 'api_server', '--help'),
    },
    parseVersion: output => /^(?:lmdeploy==)?v?(\d+\.\d+\.\d+(?:\.?(?:rc|dev|post)\d+)*)$/m.exec(output)?.[1] ?? null,
    installs,
  },
]

function installs(machine: Machine): InstallPlan[] {
  const { platform } = machine.os
  if (usableGpus(machine, 'huawei').length > 0) return [ascendPlan]
  if (usableGpus(machine, 'nvidia').length === 0) return []
  if (platform === 'win32') return [windowsPlan]
  return platform === 'linux' ? [cudaPlan(machine), cudaContainer] : []
}

const cudaPlan = (machine: Machine): InstallPlan => ({
  ...{ id: 'pypi-cuda', title: `LMDeploy ${lmdeployVersion} for NVIDIA GPUs`, variant: 'cuda', backends: ['cuda'] },
  fetch: {
    kind: 'python-venv',
    requirements: [`lmdeploy==${lmdeployVersion}`],
    launcher: null,
    program: 'lmdeploy',
    ...{ python: '3.10', pythonMost: '3.13' },
    ...{ downloadBytes: 4 * GB, diskBytes: 7.8 * GB },
  },
  why: machine.os.libc === 'musl' ? 'Its packages need glibc; this system has musl.' : null,
})

const cudaContainer: InstallPlan = {
  ...{ id: 'container-cuda', title: `LMDeploy ${lmdeployVersion} container`, variant: 'cuda-container', backends: ['cuda'] },
  fetch: {
    ...{ kind: 'container', image: 'docker.io/openmmlab/lmdeploy', tag: `v${lmdeployVersion}-cu12` },
    note: 'It brings its own Python and CUDA libraries.',
  },
  why: null,
}

const ascendPlan: InstallPlan = {
  ...{ id: 'page-ascend', title: 'LMDeploy for Ascend NPUs', variant: 'ascend', backends: ['cann'] },
  fetch: {
    kind: 'vendor',
    page: 'https://lmdeploy.readthedocs.io/en/latest/get_started/ascend/get_started.html',
    steps: [
      'Take the image for your NPU from its page; its packages on PyPI are for NVIDIA.',
      'Start `lmdeploy serve api_server` in it with `--device ascend`, on 127.0.0.1.',
      'Attach to its address in Roundhouse.',
    ],
  },
  why: null,
}

const windowsPlan: InstallPlan = {
  ...{ id: 'page-windows', title: 'LMDeploy on Windows', variant: 'windows', backends: ['cuda'] },
  fetch: {
    kind: 'vendor',
    page: 'https://lmdeploy.readthedocs.io/en/latest/get_started/installation.html',
    steps: [
      'PyPI has PyTorch for Windows without CUDA only, so that its own page is the way.',
      'Install Roundhouse inside WSL2 instead: there it installs LMDeploy by itself.',
    ],
  },
  why: null,
}
