import { setImmediate } from 'node:timers/promises'
import type { Recommendation } from '../contract/decision'
import type { Shopping, WhatIf, WhatIfInput } from '../contract/what-if'
import type { CatalogueModel, LibraryModel, ModelsSnapshot } from '../contract/model'
import type { Need } from '../contract/need'
import type { RuntimeSummary, SettingValues } from '../contract/runtime'
import { forDecisions, inOrder, type Pointers } from './builds/active'
import { createFound, type FoundDeps } from './found'
import type { Runtime } from './runtimes/runtime'
import { ownRunsOf } from './own-runs'
import { estimateStart } from './recommend/estimate-start'
import { recommend } from './recommend/recommend'
import { createRepeatedDecision } from './recommend/repeated-decision'
import { simulatedDecisions, simulatedStart } from './simulated-advice'
import type { Simulations } from './simulations'
import type { RecommendInput } from './recommend/recommend.types'
import { shoppingInTurns } from './shopping'
import { whatIf } from './what-if'
import type { StackDeps } from './stack/stack.types'
import type { Measurements } from './store/measurements'

export type AdviceDeps = FoundDeps & {
  catalogue: readonly CatalogueModel[]
  measurements: Measurements
  library(): readonly LibraryModel[]
  reachable(): ModelsSnapshot['reachable']
  /** Builds that the person or an update chose. */
  pointers(): Pointers
  /** Engines that reckon the memory of a start by themselves; null where nothing runs. */
  simulations: Simulations | null
  savedSettings(runtime: string): SettingValues
  /** The engine test in the form that a runtime loads; null when there is none. */
  engineTest(runtime: Runtime): Promise<LibraryModel | null>
}

/** Joins what is known (machine, catalogue, library, builds, own measurements) and asks the pure recommender. */
export function createAdvice(deps: AdviceDeps) {
  const { everything, forget } = createFound(deps)

  async function inputFor(need: Need): Promise<RecommendInput> {
    const [machine, here] = await Promise.all([deps.machine(), everything()])
    const { runtimes, catalogue } = deps
    const known = { library: await libraryFor(need), reachable: deps.reachable(), measurements: deps.measurements.all() }
    const builds = forDecisions(inOrder(here.builds, deps.pointers()), deps.pointers())
    return { machine, need, runtimes, catalogue, ...here, builds, ...known }
  }

  /** An engine that the person names is offered its engine test too, which for engines of folders is no file of the library. */
  async function libraryFor({ runtime }: Need): Promise<readonly LibraryModel[]> {
    const library = deps.library()
    const named = deps.runtimes.find(each => each.id === runtime)
    const test = named ? await deps.engineTest(named) : null
    return test === null || library.some(each => each.id === test.id) ? library : [...library, test]
  }

  async function decide(need: Need): Promise<Recommendation> {
    const input = await inputFor(need)
    return simulatedDecisions(deps, input, recommend(input))
  }
  const repeated = createRepeatedDecision()
  const whatIfHere = async (question: WhatIfInput): Promise<WhatIf> => whatIf(await inputFor(question.need), question, repeated)
  const shopping = async (need: Need): Promise<Shopping> => shoppingInTurns(await inputFor(need), need, () => setImmediate())

  async function summaries(): Promise<RuntimeSummary[]> {
    const [machine, { builds: found, offers }] = await Promise.all([deps.machine(), everything()])
    const builds = inOrder(found, deps.pointers())
    return deps.runtimes.map(({ id, title, purpose, homepage, judge, launch }) => ({
      ...{ id, title, purpose, homepage },
      verdict: judge(machine),
      launchable: launch !== undefined,
      builds: builds.filter(each => each.runtime === id),
      offers: offers.filter(each => each.runtime === id),
    }))
  }

  const estimate: StackDeps['estimate'] = async input => {
    const known = deps.catalogue.find(each => each.id === input.model.catalogueId) ?? null
    const measurements = deps.measurements.all()
    const { builds } = await everything()
    const ownRuns = ownRunsOf(deps, measurements, builds)
    const estimated = estimateStart({ ...input, machine: await deps.machine(), known, measurements, ownRuns })
    return { ...estimated, memory: await simulatedStart(deps, input, estimated.memory) }
  }

  return {
    ...{ decide, whatIf: whatIfHere, shopping, summaries, estimate },
    builds: async () => (await everything()).builds,
    offers: async () => (await everything()).offers,
    forget,
    refresh() {
      forget()
      return summaries()
    },
  }
}
