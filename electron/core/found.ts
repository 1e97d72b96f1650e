import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from '../contract/machine'
import type { Build, InstallOffer } from '../contract/runtime'
import type { Runtime } from './runtimes/runtime'

export type FoundDeps = {
  runtimes: readonly Runtime[]
  machine(): Promise<Machine>
  findBuilds(runtime: Runtime, machine: Machine): Promise<Build[]>
  findOffers(runtime: Runtime, machine: Machine): Promise<InstallOffer[]>
  /** Offers came after they were first waited for. */
  offersCame(): void
  /** What went wrong aside of an answer. */
  report(error: unknown): void
}

type Found = { builds: Build[]; offers: InstallOffer[] }

const OFFERS_WITHIN_MS = 800

/** Builds that are here and offers of further ones, looked for once and remembered until forgotten. */
export function createFound(deps: FoundDeps) {
  let found: Promise<Found> | null = null

  async function look(): Promise<Found> {
    const machine = await deps.machine()
    const able = deps.runtimes.filter(each => each.builds.length > 0 && each.judge(machine).can)
    const offers = Promise.all(able.map(each => offersOf(each, machine))).then(each => each.flat())
    const builds = await Promise.all(able.map(each => deps.findBuilds(each, machine)))
    return { builds: builds.flat(), offers: await withoutWaiting(offers) }
  }

  /** A source that fails takes away its own offers, not the advice. */
  const offersOf = (runtime: Runtime, machine: Machine): Promise<InstallOffer[]> =>
    deps.findOffers(runtime, machine).catch((error: unknown) => {
      deps.report(error)
      return []
    })

  /** A network that does not answer must not hold up the first decision: what comes later counts from the next one on. */
  function withoutWaiting(offers: Promise<InstallOffer[]>): Promise<InstallOffer[]> {
    const takeLate = async () => {
      const late = await offers
      const here = await found
      if (!here || here.offers.length > 0 || late.length === 0) return
      found = Promise.resolve({ ...here, offers: late })
      deps.offersCame()
    }
    void takeLate().catch(deps.report)
    return Promise.race([offers, sleep(OFFERS_WITHIN_MS).then(() => [])])
  }

  /** @throws whatever a look for builds threw; a look that failed is not remembered, so that the next question looks again. */
  function everything(): Promise<Found> {
    if (found) return found
    const looking = look()
    found = looking
    looking.catch(() => {
      if (found === looking) found = null
    })
    return looking
  }

  /** After an install, or when asked to look again. */
  function forget() {
    found = null
  }

  return { everything, forget }
}
