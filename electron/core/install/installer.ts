import { Failure } from '../../contract/failure'
import type { OfferDetail } from '../../contract/install'
import type { Machine } from '../../contract/machine'
import type { Build, InstallOffer } from '../../contract/runtime'
import { freeDiskBytes } from '../models/disk-space'
import type { Runtime } from '../runtimes/runtime'
import { isRoot } from './as-root'
import { withBuildLock } from './build-locks'
import { carryOut, type CarryOutDeps } from './carry-out'
import { engineOf } from './container-engine'
import { installByManager, watchForBuild, type SystemDeps } from './install-system'
import type { InstallOptions } from './install.types'
import { createManagedBuilds } from './managed-builds'
import { offerDetailOf } from './offer-plan'
import { describeOffer, isHere, look, planFor, type Offered, type Planned } from './offers'
import { askRegistry, type RegistryImage } from './oci-registry'
import { createReleases } from './releases'
import { releaseOf } from './repair'

export type InstallerDeps = Omit<CarryOutDeps, 'managed'> &
  Omit<SystemDeps, 'find'> & {
    /** `<home>/builds`. */
    buildsFolder: string
    /** `https://api.github.com`, or a stand-in that speaks its releases API. */
    githubAddress: string
    /** Whether PyPI or its mirror answered when it was last asked; null when it was not. */
    pypiReachable(): boolean | null
    findBuilds(runtime: Runtime, machine: Machine): Promise<Build[]>
  }

export type Installer = ReturnType<typeof createInstaller>

/** Somebody waits for the plan. */
const askWithinMs = 6_000

/** What the registry tells of an offered image; null where it does not. */
async function imageOf({ fetch }: InstallerDeps, { plan, machine }: Offered): Promise<RegistryImage | null> {
  if (plan.fetch.kind !== 'container') return null
  const { image, tag } = plan.fetch
  const platform = { os: 'linux', architecture: machine.os.arch === 'arm64' ? 'arm64' : 'amd64' } as const
  return await askRegistry(image, { tag, platform }, { fetch, signal: AbortSignal.timeout(askWithinMs) }).catch(() => null)
}

/** Measures downloads, for the time that later plans tell. */
function createRate() {
  let bytesPerSecond: number | null = null
  return {
    bytesPerSecond: () => bytesPerSecond,
    measured(options: InstallOptions): InstallOptions {
      const began = performance.now()
      return {
        ...options,
        onProgress(progress) {
          const seconds = (performance.now() - began) / 1000
          if (progress.unit !== 'steps' && !progress.local && seconds > 0.5) bytesPerSecond = progress.done / seconds
          options.onProgress(progress)
        },
      }
    },
  }
}

/** Offers what could be installed here, and installs it: one folder for each build, made aside, tried, then put in place. */
export function createInstaller(deps: InstallerDeps) {
  const managed = createManagedBuilds(deps.buildsFolder)
  const releases = createReleases({ fetch: deps.fetch, address: deps.githubAddress, clock: deps.clock })
  const offered = new Map<string, Offered>()
  const swept = managed.sweep()
  const rate = createRate()

  async function lookAndKeep(planned: Planned): Promise<Offered> {
    const found = await look({ ...deps, releases }, planned)
    offered.set(found.id, found)
    return found
  }

  /** An offer that was made; with `@version` behind it, the same plan for that version. */
  async function offerOf(offerId: string): Promise<Offered> {
    const [, base = offerId, version] = /^(.*?\/.*?\/[^@]*)@(.+)$/.exec(offerId) ?? []
    const known = offered.get(base)
    if (!known) throw new Failure('not-found', `There is no offer named ${offerId}. Look for builds again.`)
    if (version === undefined) return known
    return offered.get(offerId) ?? (await lookAndKeep({ ...known, plan: planFor(known.plan, version), version }))
  }

  const system: SystemDeps = {
    ...deps,
    find: async ({ runtime, kind, machine }) => (await deps.findBuilds(runtime, machine)).filter(each => each.kind === kind.kind),
  }

  async function perform(offer: Offered, repair: string | null, options: InstallOptions): Promise<Build> {
    const { plan } = offer
    const lock = { buildsFolder: deps.buildsFolder, name: offer.id, busy: `${plan.title} is being installed.` }
    return await withBuildLock(lock, async () => {
      await swept
      if (plan.fetch.kind === 'package-manager') return await installByManager(system, offer, options)
      if (plan.fetch.kind === 'vendor') return await watchForBuild(system, offer, options)
      try {
        return await carryOut({ ...deps, managed }, { offered: offer, repair }, rate.measured(options))
      } catch (error) {
        // The list named another file than the one that came: it is asked for anew.
        if (plan.fetch.kind === 'github-release' && error instanceof Failure && error.code === 'hash-mismatch')
          releases.forget(plan.fetch.repository)
        throw error
      }
    })
  }

  return {
    managed,
    /** Resolves when leftovers of installs that were cut off are gone; with how many there were. */
    swept,
    /** What could be installed, best first; what is here already in the same version is left out. */
    async offers(runtime: Runtime, machine: Machine): Promise<InstallOffer[]> {
      const builds = (await managed.list()).filter(build => build.runtime === runtime.id)
      const planned = runtime.builds.flatMap(kind => kind.installs(machine).map(plan => ({ runtime, kind, plan, machine, version: null })))
      const found = await Promise.all(planned.map(lookAndKeep))
      return found.filter(each => !isHere(each, builds)).map(describeOffer)
    },
    /** An offer with its plan as it is now; with `ask` the registry of an image is asked for its size. @throws Failure `not-found`, or `bad-input` for a version that cannot be. */
    async detail(offerId: string, builds: readonly Build[], { ask = false } = {}): Promise<OfferDetail> {
      const [offer, freeBytes, engine] = await Promise.all([offerOf(offerId), freeDiskBytes(deps.buildsFolder), engineOf(deps.environment)])
      const own = builds.filter(each => each.runtime === offer.runtime.id)
      const image = ask && engine !== null ? await imageOf(deps, offer) : null
      return offerDetailOf(offer, { freeBytes, engine, image, isRoot: isRoot(), bytesPerSecond: rate.bytesPerSecond() }, own)
    },
    /** Fails with `not-found` for an offer that was never made, `busy` while the same one is being installed here or by another host. */
    async install(offerId: string, options: InstallOptions): Promise<Build> {
      const offer = await offerOf(offerId)
      if (offer.why !== null) throw new Failure('not-available-here', `${offer.plan.title} cannot be installed now: ${offer.why}`)
      return await perform(offer, null, options)
    },
    /** Installs a build of ours again from the source of its manifest. @throws Failure `not-found` or `not-available-here`. */
    async repair(buildId: string, { runtime, machine }: { runtime: Runtime; machine: Machine }, options: InstallOptions): Promise<Build> {
      const broken = await managed.get(buildId)
      if (!broken) throw new Failure('not-found', `${buildId} is no build of ours.`)
      return await perform(releaseOf(broken, { runtime, machine }), buildId, options)
    },
  }
}
