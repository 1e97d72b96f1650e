import { parseHelpFlags } from './help-flags'
import type { BuildKind } from './runtime'

export const omlxBuilds: readonly BuildKind[] = [
  {
    kind: 'omlx',
    title: 'oMLX',
    find: {
      commands: ['omlx'],
      // The app brings no command line; Homebrew does.
      places: { darwin: ['/opt/homebrew/bin/omlx', '~/.local/bin/omlx'] },
      versionArguments: ['--version'],
      flags: { arguments: ['serve', '--help'], parse: parseHelpFlags },
    },
    parseVersion: output => /\bomlx\D{0,12}v?(\d+\.\d+(?:\.\d+)?)/i.exec(output)?.[1] ?? null,
    installs: () => [
      {
        id: 'brew',
        title: 'oMLX by Homebrew',
        variant: 'brew',
        backends: ['metal'],
        fetch: {
          ...{ kind: 'package-manager', manager: 'brew', package: 'omlx', executable: 'omlx' },
          command: ['brew', 'install', 'jundot/omlx/omlx'],
        },
        why: null,
      },
    ],
  },
]
