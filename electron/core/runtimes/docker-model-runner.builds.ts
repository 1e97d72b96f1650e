import type { Machine } from '../../contract/machine'
import type { BuildKind, InstallPlan } from './runtime'

/** `Docker Model Runner version v1.2.6`, and for the part in Docker Engine `Client: Version: v1.2.6`. */
export const parseRunnerVersion = (output: string): string | null =>
  /is not a docker command|unknown command/i.test(output)
    ? null
    : (/(?:Docker Model Runner|Client)[^0-9]*?v?(\d+\.\d+\.\d+)/i.exec(output)?.[1] ?? null)

export const dockerModelRunnerBuilds: readonly BuildKind[] = [
  {
    kind: 'docker-model',
    title: 'Docker Model Runner',
    find: {
      commands: ['docker'],
      places: {
        linux: ['/usr/bin/docker', '/usr/local/bin/docker'],
        darwin: ['/usr/local/bin/docker', '/opt/homebrew/bin/docker', '/Applications/Docker.app/Contents/Resources/bin/docker'],
        win32: ['C:\\Program Files\\Docker\\Docker\\resources\\bin\\docker.exe'],
      },
      versionArguments: ['model', 'version'],
    },
    parseVersion: parseRunnerVersion,
    installs: installPlans,
  },
]

/** https://docs.docker.com/ai/model-runner/get-started/ */
function installPlans({ os, containerEngine }: Machine): InstallPlan[] {
  const why = containerEngine === null ? 'It is a part of Docker, which was not found here.' : null
  const common = { variant: 'plugin', backends: ['cuda', 'vulkan', 'metal', 'cpu'], why }
  const page = 'https://docs.docker.com/ai/model-runner/get-started/'
  const desktop: InstallPlan = {
    ...{ ...common, id: 'vendor-desktop', title: 'Docker Model Runner in Docker Desktop' },
    fetch: {
      kind: 'vendor',
      page,
      steps: ['Switch it on in the settings of Docker Desktop, or run: docker desktop enable model-runner --tcp 12434'],
    },
  }
  const engine: InstallPlan = {
    ...{ ...common, id: 'apt-plugin', title: 'Docker Model Runner for Docker Engine' },
    fetch: {
      ...{ kind: 'package-manager', manager: 'apt', package: 'docker-model-plugin', executable: 'docker' },
      command: ['sudo', 'apt-get', 'install', '-y', 'docker-model-plugin'],
    },
  }
  return os.platform === 'linux' ? [engine, desktop] : [desktop]
}
