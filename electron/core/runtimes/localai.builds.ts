import type { Machine } from '../../contract/machine'
import { parseHelpFlags } from './help-flags'
import type { BuildKind, InstallPlan } from './runtime'

/** `LocalAI version v4.9.0 (82c191a)`, or `v4.9.0` alone. */
export const parseLocalaiVersion = (output: string): string | null =>
  /LocalAI[^\n]*?v?(\d+\.\d+\.\d+)/i.exec(output)?.[1] ?? /^v?(\d+\.\d+\.\d+)\b/m.exec(output)?.[1] ?? null

export const localaiBuilds: readonly BuildKind[] = [
  {
    kind: 'local-ai',
    title: 'LocalAI',
    find: {
      commands: ['local-ai'],
      places: {
        linux: ['/usr/local/bin/local-ai', '~/.local/bin/local-ai'],
        darwin: ['/opt/homebrew/bin/local-ai', '/usr/local/bin/local-ai', '/Applications/LocalAI.app/Contents/MacOS/local-ai'],
      },
      versionArguments: ['--version'],
      flags: { arguments: ['run', '--help'], parse: parseHelpFlags },
    },
    parseVersion: parseLocalaiVersion,
    installs: installPlans,
  },
]

/** Assets of github.com/mudler/LocalAI releases: `local-ai-v4.9.0-linux-amd64` and, before, `local-ai-Linux-x86_64`. */
function installPlans({ os }: Machine): InstallPlan[] {
  if (os.platform === 'win32' || os.arch === 'other') return []
  if (os.platform === 'darwin' && os.arch !== 'arm64') return []
  const system = os.platform === 'darwin' ? '[Dd]arwin' : '[Ll]inux'
  const arch = os.arch === 'x64' ? '(?:x86_64|amd64)' : '(?:arm64|aarch64)'
  return [
    {
      id: `github-${os.platform}-${os.arch}`,
      title: 'LocalAI, one program; it fetches its engines by itself',
      variant: 'release',
      backends: os.platform === 'darwin' ? ['metal', 'cpu'] : ['cuda', 'rocm', 'vulkan', 'cpu'],
      fetch: {
        kind: 'github-release',
        repository: 'mudler/LocalAI',
        asset: new RegExp(`^local-ai(?:-v[\\d.]+)?-${system}-${arch}$`),
        executable: 'local-ai',
      },
      why: null,
    },
  ]
}
