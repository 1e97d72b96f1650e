import type { BuildKind, InstallPlan } from './runtime'
import type { Machine } from '../../contract/machine'

/** `lms version` draws its name and prints the commit: `lms - LM Studio CLI - v0.3.43`, or `CLI commit: 07b7252` (src/subcommands/version.ts). */
export function parseLmsVersion(output: string): string | null {
  if (!/\blms\b|LM ?Studio/i.test(output)) return null
  const number = /\bv?(\d+\.\d+\.\d+(?:\+\d+)?)\b/.exec(output)?.[1]
  return number ?? /commit[^0-9a-f]*([0-9a-f]{7,40})\b/i.exec(output)?.[1]?.slice(0, 7) ?? null
}

/** Flags of `lms load --help`, one or two in a line. */
export const parseLoadFlags = (output: string): string[] => [...new Set(output.match(/(?<![\w-])--?[a-z][a-z-]*/gi) ?? [])]

export const lmstudioBuilds: readonly BuildKind[] = [
  {
    kind: 'lms',
    title: 'LM Studio',
    find: {
      commands: ['lms'],
      places: {
        linux: ['~/.lmstudio/bin/lms', '~/.cache/lm-studio/bin/lms'],
        darwin: ['~/.lmstudio/bin/lms', '~/.cache/lm-studio/bin/lms', '/Applications/LM Studio.app/Contents/Resources/app/.webpack/lms'],
        win32: ['~/.lmstudio/bin/lms.exe', '~/.cache/lm-studio/bin/lms.exe'],
      },
      versionArguments: ['version'],
      flags: { arguments: ['load', '--help'], parse: parseLoadFlags },
    },
    parseVersion: parseLmsVersion,
    installs: installPlans,
  },
]

/** Only its maker may give it out: its page is opened, and we watch until its command line is there. */
function installPlans({ os }: Machine): InstallPlan[] {
  const open = 'Open LM Studio once: that puts its command line, lms, in your home folder.'
  const app: InstallPlan = {
    id: `vendor-app-${os.platform}`,
    title: 'LM Studio, the app with a window',
    variant: 'app',
    backends: os.platform === 'darwin' ? ['metal', 'cpu'] : ['cuda', 'vulkan', 'cpu'],
    fetch: { kind: 'vendor', page: 'https://lmstudio.ai/download', steps: [appStep(os.platform), open] },
    why: null,
  }
  const command = os.platform === 'win32' ? 'irm https://lmstudio.ai/install.ps1 | iex' : 'curl -fsSL https://lmstudio.ai/install.sh | bash'
  const daemon: InstallPlan = {
    ...app,
    id: `vendor-daemon-${os.platform}`,
    title: 'LM Studio, the daemon without a window',
    variant: 'llmster',
    fetch: {
      kind: 'vendor',
      page: 'https://lmstudio.ai/docs/developer/core/headless',
      steps: [
        `Read its page, then run its installer in a terminal: ${command}`,
        'It puts lms in your home folder; `lms daemon up` wakes it.',
      ],
    },
  }
  return [app, daemon]
}

const appStep = (platform: Machine['os']['platform']) =>
  ({
    darwin: 'Download the disk image and drag LM Studio into Applications.',
    win32: 'Download the installer and run it; it installs for you alone.',
    linux: 'Download the AppImage, make it executable and start it.',
  })[platform]
