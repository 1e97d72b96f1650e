import { Failure } from '../../contract/failure'
import type { Instance, StartRequest } from '../../contract/instance'
import type { LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'

/** The build a request means: the one it names (by id or kind), or the first of its runtime; null when none is here. `builds` are in the order that starts take them. */
export function chooseBuild(request: Pick<StartRequest, 'runtime' | 'build'>, builds: readonly Build[]): Build | null {
  const own = builds.filter(each => each.runtime === request.runtime)
  if (request.build !== null) return own.find(each => each.id === request.build) ?? own.find(each => each.kind === request.build) ?? null
  return own[0] ?? null
}

/** What an engine test is started with: it was trained on short texts only. */
const engineTestSettings = { contextTokens: 1024, slots: 4 }
const usualSettings = { contextTokens: 4096, slots: 2 }

export type Settings = { contextTokens: number; slots: number }

/** Context of each slot and number of slots, where the person named none. Never more context than the model was made for. */
export function chooseSettings(request: StartRequest, model: LibraryModel): Settings {
  const usual = model.engineTest ? engineTestSettings : usualSettings
  const most = model.facts?.shape?.contextMax ?? Number.POSITIVE_INFINITY
  return { contextTokens: Math.min(request.contextTokens ?? usual.contextTokens, most), slots: request.slots ?? usual.slots }
}

const live = (instance: Instance) => !['stopped', 'failed'].includes(instance.state.kind)

/**
 * Name on the gateway: the model's id for the first instance of it, `model@build-kind` for one beside it, with a number
 * where even that is taken. Saved comparisons find their targets again by it.
 */
export function chooseRoute(model: string, kind: string, instances: readonly Instance[]): string {
  const taken = new Set(instances.filter(live).map(each => each.route))
  if (!taken.has(model)) return model
  const named = `${model}@${kind}`
  for (let count = 1; ; count++) {
    const name = count === 1 ? named : `${named}-${count}`
    if (!taken.has(name)) return name
  }
}

/** Two requests with the same key are one start: same build, model and settings. */
export const startKey = (request: StartRequest, build: Build, model: LibraryModel) =>
  JSON.stringify([
    build.id,
    model.id,
    chooseSettings(request, model),
    request.threads,
    request.gpuLayers,
    request.kvQuantisation,
    request.port,
    request.flags,
    request.draft ?? null,
    request.images ?? true,
    Object.entries(request.settings ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)),
  ])

/** Refuses flags that the adapter protects, with its reason. */
export function checkFlags(flags: readonly string[], refused: Readonly<Record<string, string>>) {
  for (const flag of flags) {
    const reason = refused[flag.split('=')[0] ?? flag]
    if (reason !== undefined) throw new Failure('bad-input', `${flag} cannot be set here: ${reason}`)
  }
}
