import type { GatewayStatus } from '../../../electron/contract/gateway'
import type { Instance } from '../../../electron/contract/instance'
import type { LibraryModel } from '../../../electron/contract/model'
import type { Build, RuntimeSummary } from '../../../electron/contract/runtime'
import type { Asked } from './panes'
import { devicesOf } from '../shared/device-words'
import { isEngineTestRun } from '../shared/engine-test-run'

/** What a pane can ask, with all that a person chooses by. */
export interface Target {
  route: string
  instance: Instance
  /** `CPU`, `RTX 4090`; empty when nothing says where it computes. */
  devices: readonly string[]
  /** It can answer now; else it is loading. */
  ready: boolean
}

/** A model that is here and could be started to be asked. */
export interface Startable {
  model: LibraryModel
}

/** Instances that answer or are about to, each once, in order of their start. */
export function targetsOf(instances: readonly Instance[], gateway: GatewayStatus | null): Target[] {
  const known = new Set((gateway?.routes ?? []).filter(route => route.ready).map(route => route.name))
  return instances.flatMap(instance => {
    const kind = instance.state.kind
    if (kind !== 'ready' && kind !== 'starting') return []
    if (isEngineTestRun(instance)) return []
    return [{ route: instance.route, instance, devices: devicesOf(instance), ready: kind === 'ready' && known.has(instance.route) }]
  })
}

/** Models of the library that no running instance has loaded. */
export function startablesOf(library: readonly LibraryModel[], targets: readonly Target[]): Startable[] {
  const loaded = new Set(targets.map(target => target.instance.model))
  return library.filter(model => model.state === 'ready' && !loaded.has(model.id)).map(model => ({ model }))
}

/** A build that is here and has not loaded this model yet, of another runtime first; null when there is none. */
export function otherBuildFor(model: string, targets: readonly Target[], runtimes: readonly RuntimeSummary[]): Build | null {
  const loaded = targets.filter(target => target.instance.model === model).map(target => target.instance)
  const here = runtimes.filter(each => each.launchable && each.verdict.can).flatMap(each => each.builds)
  const others = here.filter(build => loaded.every(instance => instance.build !== build.id))
  return others.find(build => loaded.every(instance => instance.runtime !== build.runtime)) ?? others[0] ?? null
}

/** A target as the parameters of a pane depend on it. */
export function askedOf({ route, instance }: Pick<Target, 'route' | 'instance'>): Asked {
  return { route, engineTest: instance.engineTest }
}
