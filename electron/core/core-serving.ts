import { Agent } from 'undici'
import type { Foundation } from './core-foundation'
import { createComparisons } from './evaluation/comparisons'
import { createExchange } from './exchange/exchange'
import { createGateway } from './gateway/gateway'
import { createLocalKeys, openLocalKey } from './gateway/keys'
import type { Home } from './lib/home'
import { createRoutes, describeRoute } from './routes'
import { createRunningMetrics } from './running-metrics'
import type { Runtime } from './runtimes/runtime'
import type { Supervisor } from './supervisor/supervisor.types'

export type ServingDeps = Pick<Foundation, 'clock' | 'store' | 'settings' | 'report'> & {
  home: Home
  supervisor: Supervisor
  runtimes: readonly Runtime[]
}

/** What stands before the runtimes that run: the one address with its key, comparisons, live figures, files of other programs. */
export function createServing({ clock, store, settings, report, home, supervisor, runtimes }: ServingDeps) {
  const localKey = openLocalKey(home.run)
  const gateway = createGateway({
    port: settings.get().gatewayPort,
    routes: createRoutes(supervisor),
    keys: createLocalKeys(localKey),
    clock,
  })
  const gatewayAddress = () => gateway.status().address
  const dispatcher = new Agent()
  return {
    ...{ gateway, dispatcher },
    key: () => localKey,
    comparisons: createComparisons({
      ...{ store, dispatcher, clock, report, gatewayAddress, key: () => localKey },
      describe: route => describeRoute(supervisor, route),
    }),
    metrics: createRunningMetrics({ supervisor, gateway, runtimes, clock, fetch: globalThis.fetch }),
    exchange: createExchange({ supervisor, runtimes, gatewayAddress }),
  }
}
