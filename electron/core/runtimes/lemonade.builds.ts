import type { Machine } from '../../contract/machine'
import type { BuildKind, InstallPlan } from './runtime'

/** `{"status":"ok","version":"11.7.0","all_models_loaded":[...]}` of its health page. */
export const parseLemonadeHealth = (body: string): string | null =>
  /"all_models_loaded"\s*:/.test(body) ? (/"version"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? 'server') : null

export const lemonadeBuilds: readonly BuildKind[] = [
  {
    kind: 'lemonade',
    title: 'Lemonade',
    find: {
      commands: ['lemonade'],
      places: { linux: ['/usr/bin/lemonade', '/usr/local/bin/lemonade'], darwin: ['/usr/local/bin/lemonade'], win32: [] },
      versionArguments: ['--version'],
      server: {
        address: 'http://127.0.0.1:13305',
        environment: 'LEMONADE_HOST',
        path: '/api/v1/health',
        parse: parseLemonadeHealth,
      },
    },
    parseVersion: output => /lemonade[^\n]*?v?(\d+\.\d+\.\d+)/i.exec(output)?.[1] ?? null,
    installs: installPlans,
  },
]

/** Its own installers are a service of the system, with packages per distribution (https://lemonade-server.ai/install_options.html). */
function installPlans({ os }: Machine): InstallPlan[] {
  const step = {
    win32: 'Download lemonade.msi and run it.',
    linux: 'Add its packages for your distribution as the page says, and install lemonade-server.',
    darwin: 'Download the .pkg and open it.',
  }[os.platform]
  return [
    {
      id: `vendor-${os.platform}`,
      title: 'Lemonade, a service of the system',
      variant: 'service',
      backends: os.platform === 'darwin' ? ['metal', 'cpu'] : ['rocm', 'vulkan', 'cpu'],
      fetch: {
        kind: 'vendor',
        page: 'https://lemonade-server.ai/install_options.html',
        steps: [step, 'Load a model with `lemonade run NAME`; Roundhouse then finds it at port 13305.'],
      },
      why: null,
    },
  ]
}
