import type { Machine } from '../../contract/machine'
import { parseHelpFlags } from './help-flags'
import type { BuildKind, InstallPlan } from './runtime'

/** `KoboldCpp 1.98.1`, or the number alone on a line of its own. */
export const parseKoboldVersion = (output: string): string | null =>
  /KoboldCpp\D{0,12}?v?(\d+\.\d+(?:\.\d+)?)/i.exec(output)?.[1] ?? /^v?(\d+\.\d+(?:\.\d+)?)\s*$/m.exec(output)?.[1] ?? null

export const koboldcppBuilds: readonly BuildKind[] = [
  {
    kind: 'koboldcpp',
    title: 'KoboldCpp',
    find: {
      commands: ['koboldcpp', 'koboldcpp-linux-x64', 'koboldcpp-mac-arm64'],
      places: {
        linux: ['~/koboldcpp/koboldcpp-linux-x64', '~/.local/bin/koboldcpp', '/usr/local/bin/koboldcpp'],
        darwin: ['~/koboldcpp/koboldcpp-mac-arm64', '~/Downloads/koboldcpp-mac-arm64', '/opt/homebrew/bin/koboldcpp'],
        win32: ['~/koboldcpp/koboldcpp.exe', '~/Downloads/koboldcpp.exe'],
      },
      versionArguments: ['--version'],
      // One file unpacks itself before it answers.
      flags: { arguments: ['--help'], parse: parseHelpFlags, timeoutMs: 60_000 },
      server: {
        address: 'http://127.0.0.1:5001',
        environment: null,
        path: '/api/extra/version',
        parse: body => (/"result"\s*:\s*"KoboldCpp"/.test(body) ? (/"version"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? null) : null),
      },
    },
    parseVersion: parseKoboldVersion,
    installs: installPlans,
  },
]

/** Assets of github.com/LostRuins/koboldcpp releases: one program each, not packed. */
function installPlans({ os, gpus }: Machine): InstallPlan[] {
  const nvidia = gpus.some(gpu => gpu.usable && gpu.vendor === 'nvidia')
  const name = {
    linux: nvidia ? 'koboldcpp-linux-x64' : 'koboldcpp-linux-x64-nocuda',
    darwin: 'koboldcpp-mac-arm64',
    win32: nvidia ? 'koboldcpp.exe' : 'koboldcpp-nocuda.exe',
  }[os.platform]
  const right = os.platform === 'darwin' ? os.arch === 'arm64' : os.arch === 'x64'
  if (!right) return []
  const asset = new RegExp(`^${name.replaceAll('.', '\\.')}$`)
  return [
    {
      id: `github-${nvidia ? 'cuda' : 'nocuda'}-${os.arch}`,
      title: 'KoboldCpp, one program',
      variant: nvidia ? 'cuda' : 'nocuda',
      backends: os.platform === 'darwin' ? ['metal', 'cpu'] : [...(nvidia ? ['cuda'] : []), 'vulkan', 'cpu'],
      fetch: { kind: 'github-release', repository: 'LostRuins/koboldcpp', asset, executable: name },
      why: os.libc === 'musl' ? 'This program needs glibc; this system has musl.' : null,
    },
  ]
}
