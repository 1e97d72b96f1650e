import type { Route } from '../contract/gateway'
import type { Instance } from '../contract/instance'
import type { RouteDescription } from './evaluation/evaluation.types'
import type { RouteTable } from './gateway/gateway.types'
import type { Supervisor } from './supervisor/supervisor.types'

const RETRY_AFTER_SECONDS = 2

/** Routes of engine tests that a start makes for itself carry this sign and are nobody else's. */
const isPrivate = (instance: Instance) => instance.route.includes('#')

const isComing = ({ state }: Instance) => state.kind === 'starting' || state.kind === 'backoff'

/** The gateway's view of the supervisor: a model name is the route of one live instance. */
export function createRoutes(supervisor: Pick<Supervisor, 'list' | 'upstream'>): RouteTable {
  const visible = () => supervisor.list().filter(each => !isPrivate(each) && (each.state.kind === 'ready' || isComing(each)))
  return {
    resolve(model) {
      const instances = visible().filter(each => each.route === model)
      for (const instance of instances) {
        const upstream = supervisor.upstream(instance.id)
        if (upstream) return { kind: 'ready', upstream }
      }
      if (instances.some(isComing)) return { kind: 'not-ready', retryAfterSeconds: RETRY_AFTER_SECONDS }
      return { kind: 'unknown' }
    },
    list(): Route[] {
      const names = [...new Set(visible().map(each => each.route))]
      return names.map(name => {
        const own = visible().filter(each => each.route === name)
        return {
          name,
          instances: own.map(each => each.id),
          ready: own.some(each => each.state.kind === 'ready'),
          engineTest: own.every(each => each.engineTest),
        }
      })
    },
  }
}

/** What answers for a route now, for those who show it; null when nothing does. */
export function describeRoute(supervisor: Pick<Supervisor, 'list'>, route: string): RouteDescription | null {
  const found = supervisor.list().find(each => each.route === route && each.state.kind === 'ready')
  if (!found) return null
  const { id, buildTitle, modelTitle, engineTest, adopted } = found
  return { instanceId: id, runtimeTitle: buildTitle, modelTitle, engineTest, startedHere: !adopted }
}
