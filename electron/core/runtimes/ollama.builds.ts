import type { Machine } from '../../contract/machine'
import type { BuildKind, InstallPlan } from './runtime'

/** With a server it prints that one's version first; the program's own is in the warning (cmd/cmd.go of ollama/ollama). */
export const parseOllamaVersion = (output: string): string | null =>
  /client version is (\S+)/.exec(output)?.[1] ?? /ollama version is (\S+)/.exec(output)?.[1] ?? null

/** `{"version":"0.17.4"}`; builds without a stamp say 0.0.0, which is still an Ollama. */
export const parseServerAnswer = (body: string): string | null => /"version"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? null

export const ollamaBuilds: readonly BuildKind[] = [
  {
    kind: 'ollama',
    title: 'Ollama',
    find: {
      commands: ['ollama'],
      places: {
        linux: ['/usr/local/bin/ollama', '/usr/bin/ollama', '~/.local/bin/ollama'],
        darwin: ['/Applications/Ollama.app/Contents/Resources/ollama', '/usr/local/bin/ollama', '/opt/homebrew/bin/ollama'],
        win32: ['~/AppData/Local/Programs/Ollama/ollama.exe'],
      },
      versionArguments: ['--version'],
      server: { address: 'http://127.0.0.1:11434', environment: 'OLLAMA_HOST', path: '/api/version', parse: parseServerAnswer },
    },
    parseVersion: parseOllamaVersion,
    installs: installPlans,
  },
]

/** Assets of github.com/ollama/ollama releases (.github/workflows/release.yaml). */
function installPlans({ os }: Machine): InstallPlan[] {
  const arch = os.arch === 'x64' ? 'amd64' : os.arch
  const files = {
    linux: { asset: new RegExp(`^ollama-linux-${arch}\\.(?:tar\\.zst|tgz)$`), executable: 'ollama' },
    darwin: { asset: /^ollama-darwin\.tgz$/, executable: 'ollama' },
    win32: { asset: new RegExp(`^ollama-windows-${arch}\\.zip$`), executable: 'ollama.exe' },
  }[os.platform]
  if (os.arch === 'other') return []
  return [
    {
      id: `github-${os.platform}-${os.arch}`,
      title: 'Ollama',
      variant: 'release',
      backends: os.platform === 'darwin' ? ['metal', 'cpu'] : ['cuda', 'vulkan', 'cpu'],
      fetch: { kind: 'github-release', repository: 'ollama/ollama', ...files },
      why: os.libc === 'musl' ? 'This program needs glibc; this system has musl.' : null,
    },
  ]
}
