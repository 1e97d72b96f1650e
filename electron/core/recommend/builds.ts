import type { Build, InstallOffer, RuntimeVerdict } from '../../contract/runtime'
import type { Need } from '../../contract/need'
import type { Runtime } from '../runtimes/runtime'
import type { RecommendInput } from './recommend.types'
import { answersPictures, wantsImages } from './seeing'

/** A build that is here, or one that could be installed, with the backend it would use. */
export type BuildChoice = {
  build: Build | null
  backend: string
  offer: InstallOffer | null
  title: string | null
  /** It runs in a container. */
  container?: boolean
}

type Able = Extract<RuntimeVerdict, { can: true }>

/** Servers that run already come first, then what was found or installed, then what the app brings. */
const originOrder: Readonly<Record<Build['origin'], number>> = { running: 0, managed: 1, adopted: 1, bundled: 2 }

/** Builds of a runtime that are here, best first: the better backend wins, then its origin. */
export function buildsHere(runtime: Runtime, verdict: Able, builds: readonly Build[]): BuildChoice[] {
  return builds
    .filter(build => build.runtime === runtime.id)
    .flatMap(build => {
      const backend = backendOf(build, verdict)
      return backend === null ? [] : [{ build, backend, offer: null, title: build.title, container: build.image !== undefined }]
    })
    .sort((a, b) => rank(verdict, a) - rank(verdict, b))
}

/** A build that does not say its backends is believed to have the best one. */
const backendOf = (build: Build, verdict: Able): string | null =>
  build.backends.length === 0 ? (verdict.backends[0] ?? null) : (verdict.backends.find(each => build.backends.includes(each)) ?? null)

const rank = (verdict: Able, choice: BuildChoice) =>
  verdict.backends.indexOf(choice.backend) * 10 + originOrder[choice.build?.origin ?? 'managed']

/** The build that suits this machine best, whether it is here or has to be installed. */
export function bestBuild(runtime: Runtime, verdict: Able, input: RecommendInput): BuildChoice {
  const here = buildsHere(runtime, verdict, input.builds).filter(({ build }) => isEnough(runtime, build?.kind ?? null, input.need))
  const wanted = verdict.backends[0] ?? 'cpu'
  const ready = here[0]
  if (ready && ready.backend === wanted) return ready
  const installable = installFor(runtime, verdict, input)
  if (ready && (!installable || verdict.backends.indexOf(installable.backend) >= verdict.backends.indexOf(ready.backend))) return ready
  return installable ?? { build: null, backend: wanted, offer: null, title: null }
}

function installFor(runtime: Runtime, verdict: Able, input: RecommendInput): BuildChoice | null {
  const plans = plansOf(runtime, input)
  const offers = input.offers.filter(offer => offer.runtime === runtime.id)
  for (const backend of verdict.backends) {
    const plan = plans.find(each => each.why === null && each.backends.includes(backend))
    const offer = plan ? offers.find(each => each.id === plan.id || each.id.endsWith(plan.id)) : undefined
    if (plan) return { build: null, backend, offer: offer ?? null, title: plan.title, container: plan.fetch.kind === 'container' }
  }
  const open = offers.find(each => each.why === null) ?? offers[0]
  return open && plans.length === 0 ? { build: null, backend: verdict.backends[0] ?? 'cpu', offer: open, title: open.title } : null
}

const plansOf = (runtime: Runtime, { machine, need }: Pick<RecommendInput, 'machine' | 'need'>) =>
  runtime.builds.flatMap(each => (isEnough(runtime, each.kind, need) ? each.installs(machine) : []))

/** Where pictures are asked for, a kind of build that answers none is no build for it. */
const isEnough = (runtime: Runtime, kind: string | null, need: Pick<Need, 'abilities'>) =>
  !wantsImages(need) || answersPictures(runtime, kind)
