import { setTimeout as sleep } from 'node:timers/promises'
import type { Recommendation, Shopping, WhatIf, WhatIfInput } from '../contract/decision'
import type { Machine } from '../contract/machine'
import type { CatalogueModel, LibraryModel, ModelsSnapshot } from '../contract/model'
import type { Need } from '../contract/need'
import type { Build, InstallOffer, RuntimeSummary, SettingValues } from '../contract/runtime'
import { forDecisions, inOrder, type Pointers } from './builds/active'
import { ownRunsOf } from './own-runs'
import { estimateStart } from './recommend/estimate-start'
import { recommend } from './recommend/recommend'
import { simulatedDecisions, simulatedStart } from './simulated-advice'
import type { Simulations } from './simulations'
import type { RecommendInput } from './recommend/recommend.types'
import { shoppingFor, whatIf } from './what-if'
import type { Runtime } from './runtimes/runtime'
import type { StackDeps } from './stack/stack.types'
import type { Measurements } from './store/measurements'

export type AdviceDeps = {
  runtimes: readonly Runtime[]
  catalogue: readonly CatalogueModel[]
  measurements: Measurements
  machine(): Promise<Machine>
  library(): readonly LibraryModel[]
  reachable(): ModelsSnapshot['reachable']
  findBuilds(runtime: Runtime, machine: Machine): Promise<Build[]>
  findOffers(runtime: Runtime, machine: Machine): Promise<InstallOffer[]>
  /** Builds that the person or an update chose. */
  pointers(): Pointers
  /** Offers came after they were first waited for. */
  offersCame(): void
  /** Engines that reckon the memory of a start by themselves; null where nothing runs. */
  simulations: Simulations | null
  savedSettings(runtime: string): SettingValues
}

const OFFERS_WITHIN_MS = 800

type Found = { builds: Build[]; offers: InstallOffer[] }

/** Joins what is known (machine, catalogue, library, builds, own measurements) and asks the pure recommender. */
export function createAdvice(deps: AdviceDeps) {
  let found: Promise<Found> | null = null

  async function look(): Promise<Found> {
    const machine = await deps.machine()
    const able = deps.runtimes.filter(each => each.builds.length > 0 && each.judge(machine).can)
    const offers = Promise.all(able.map(each => deps.findOffers(each, machine))).then(each => each.flat())
    const builds = await Promise.all(able.map(each => deps.findBuilds(each, machine)))
    return { builds: builds.flat(), offers: await withoutWaiting(offers) }
  }
  const everything = () => (found ??= look())

  /** A network that does not answer must not hold up the first decision: what comes later counts from the next one on. */
  function withoutWaiting(offers: Promise<InstallOffer[]>): Promise<InstallOffer[]> {
    void offers.then(async late => {
      const here = await found
      if (!here || here.offers.length > 0 || late.length === 0) return
      found = Promise.resolve({ ...here, offers: late })
      deps.offersCame()
    })
    return Promise.race([offers, sleep(OFFERS_WITHIN_MS).then(() => [])])
  }

  /** After an install, or when asked to look again. */
  function forget() {
    found = null
  }

  async function inputFor(need: Need): Promise<RecommendInput> {
    const [machine, here] = await Promise.all([deps.machine(), everything()])
    const { runtimes, catalogue } = deps
    const known = { library: deps.library(), reachable: deps.reachable(), measurements: deps.measurements.all() }
    const builds = forDecisions(inOrder(here.builds, deps.pointers()), deps.pointers())
    return { machine, need, runtimes, catalogue, ...here, builds, ...known }
  }

  async function decide(need: Need): Promise<Recommendation> {
    const input = await inputFor(need)
    return simulatedDecisions(deps, input, recommend(input))
  }
  const whatIfHere = async (question: WhatIfInput): Promise<WhatIf> => whatIf(await inputFor(question.need), question)
  const shopping = async (need: Need): Promise<Shopping> => shoppingFor(await inputFor(need), need)

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
