import type { Route } from '../../contract/gateway'

/** OpenAI requires a creation time; names of routes have none, so it is a constant (2026-01-01). */
const created = 1_767_225_600

function entryOf(route: Route) {
  return {
    id: route.name,
    object: 'model',
    created,
    owned_by: 'roundhouse',
    roundhouse: { ready: route.ready, instances: route.instances, engine_test: route.engineTest },
  }
}

/** Body of `GET /v1/models`: OpenAI's list, our own fields under `roundhouse`. */
export const modelsText = (routes: readonly Route[]): string => JSON.stringify({ object: 'list', data: routes.map(entryOf) })

/** Body of `GET /v1/models/ID`. */
export const modelText = (route: Route): string => JSON.stringify(entryOf(route))
