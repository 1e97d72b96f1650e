import type { Machine } from '../../contract/machine'
import { helpFlags } from './common-python'
import { isAppleSilicon } from './facts-judge'
import type { BuildKind, InstallPlan } from './runtime'

/** Releases that were installed, started and asked together (on Linux, where Apple's GPU part is not there). */
export const mlxVersion = '0.32.4'
export const mlxLmVersion = '0.32.2'

export const mlxBuilds: readonly BuildKind[] = [
  {
    kind: 'mlx-lm',
    title: 'mlx-lm',
    find: {
      commands: ['mlx_lm'],
      places: {
        darwin: ['/opt/homebrew/bin/mlx_lm', '~/.local/bin/mlx_lm', '~/.venv/bin/mlx_lm', '~/mlx/.venv/bin/mlx_lm'],
        linux: ['~/.local/bin/mlx_lm', '~/.venv/bin/mlx_lm'],
      },
      versionArguments: ['--version'],
      distributions: ['mlx-lm'],
      flags: helpFlags('server', '--help'),
    },
    parseVersion: output => /^(?:mlx-lm==)?(\d+\.\d+\.\d+(?:\.?(?:rc|dev|post)\d+)*)$/m.exec(output)?.[1] ?? null,
    installs: machine => [planFor(machine)],
  },
]

function planFor(machine: Machine): InstallPlan {
  const apple = isAppleSilicon(machine)
  return {
    id: apple ? 'pypi-metal' : 'pypi-cpu',
    title: `mlx-lm ${mlxLmVersion}`,
    variant: apple ? 'metal' : 'cpu',
    backends: [apple ? 'metal' : 'cpu'],
    fetch: {
      kind: 'python-venv',
      requirements: [`mlx-lm==${mlxLmVersion}`, apple ? `mlx==${mlxVersion}` : `mlx[cpu]==${mlxVersion}`],
      launcher: null,
      program: 'mlx_lm',
      ...{ python: '3.11', pythonMost: '3.14' },
      ...(apple ? { downloadBytes: 95_000_000, diskBytes: 330_000_000 } : { downloadBytes: 85_000_000, diskBytes: 255_000_000 }),
    },
    why: apple || (machine.os.platform === 'linux' && machine.os.libc !== 'musl') ? null : 'PyPI has no packages of it for this system.',
  }
}
