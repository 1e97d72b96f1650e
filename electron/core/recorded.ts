import type { Recommendation } from '../contract/decision'
import { Failure } from '../contract/failure'
import type { Machine } from '../contract/machine'
import type { Need } from '../contract/need'
import { bundledOnly } from './bundled'
import { onlyTheTest } from './recommend/notes'
import type { Measurements } from './store/measurements'

/** A machine that is looked at in place of this one: its recording, shown under a name. Nothing is started on it. */
export type Recorded = { name: string; machine: Machine }

const nothingStarts = 'This is a recorded machine: nothing can be started, installed or downloaded on it.'

const refuse = () => Promise.reject(new Failure('not-available-here', nothingStarts))

/** A recommendation to look at: every decision says that it cannot be started. */
function onlyShown(recommendation: Recommendation): Recommendation {
  const blocked = { kind: 'unsupported' as const, text: nothingStarts, bytes: null, blocked: true }
  const decisions = recommendation.decisions.map(decision => ({
    ...decision,
    startable: { now: false, missing: [blocked, ...decision.startable.missing] },
  }))
  return { ...recommendation, decisions, notes: recommendation.notes.filter(note => note !== onlyTheTest) }
}

type Acting = {
  models: { download: unknown; downloadFromHub: unknown; importFile: unknown }
  stack: { start: unknown; restart: unknown }
  runtimes: { install: unknown; update: unknown; repair: unknown }
  decide(need: Need): Promise<Recommendation>
}

/** The same services, but whatever would act says that it cannot, and decisions say so before. */
export function onlyLookedAt<Services extends Acting>(services: Services): Services {
  return {
    ...services,
    models: { ...services.models, download: refuse, downloadFromHub: refuse, importFile: refuse },
    stack: { ...services.stack, start: refuse, restart: refuse },
    runtimes: { ...services.runtimes, install: refuse, update: refuse, repair: refuse },
    decide: async (need: Need) => onlyShown(await services.decide(need)),
  }
}

/** Where a person's corrections are kept: those of a recorded machine apart, by its name, for they are not of this one. */
export const correctionsOf = (recorded: Recorded | null): string => (recorded === null ? 'corrections' : `corrections of ${recorded.name}`)

/** What a recorded machine has: the part that the app brings, nothing that was fetched or measured here, and no source that was asked from there. */
export function broughtAlong(resourcesFolder: string, measurements: Measurements) {
  const { builds, library } = bundledOnly(resourcesFolder)
  return {
    library: () => library,
    measurements: { ...measurements, all: () => [] },
    findBuilds: (runtime: { id: string }) => Promise.resolve(builds.filter(each => each.runtime === runtime.id)),
    findOffers: () => Promise.resolve([]),
    reachable: () => ({ hub: null, pypi: null }),
    // What the engine says here is true of this machine, not of the recorded one.
    simulations: null,
  }
}
