import type { Machine } from '../../contract/machine'
import { helpFlags } from './common-python'
import { isAppleSilicon } from './facts-judge'
import type { BuildKind, InstallPlan } from './runtime'

/** The release whose packages were installed and whose parser was asked here; without Apple silicon it was not started. */
export const vllmMlxVersion = '0.6.0'

export const vllmMlxBuilds: readonly BuildKind[] = [
  {
    kind: 'vllm-mlx',
    title: 'vllm-mlx',
    find: {
      commands: ['vllm-mlx'],
      places: { darwin: ['~/.local/bin/vllm-mlx', '~/.venv/bin/vllm-mlx', '/opt/homebrew/bin/vllm-mlx'] },
      // It has no command that tells its version: the description of its package does.
      versionArguments: ['--help'],
      distributions: ['vllm-mlx'],
      flags: helpFlags('serve', '--help'),
    },
    parseVersion: output => /^vllm-mlx==(\d+\.\d+\.\d+(?:\.?(?:rc|dev|post)\d+)*)$/m.exec(output)?.[1] ?? null,
    installs: machine => [planFor(machine)],
  },
]

const planFor = (machine: Machine): InstallPlan => ({
  ...{ id: 'pypi', title: `vllm-mlx ${vllmMlxVersion}`, variant: 'metal', backends: ['metal'] },
  fetch: {
    kind: 'python-venv',
    requirements: [`vllm-mlx==${vllmMlxVersion}`],
    launcher: null,
    program: 'vllm-mlx',
    ...{ python: '3.11', pythonMost: '3.13' },
    // PyTorch for Macs is a tenth of the one for Linux, where the same packages took 6.1 GB.
    ...{ downloadBytes: 400_000_000, diskBytes: 1_500_000_000 },
  },
  why: isAppleSilicon(machine) ? null : 'It runs on Apple silicon only.',
})
