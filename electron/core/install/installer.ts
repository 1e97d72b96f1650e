import { rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Machine } from '../../contract/machine'
import type { Build, InstallOffer } from '../../contract/runtime'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import type { BuildKind, InstallPlan, Runtime } from '../runtimes/runtime'
import { atLeast, installPython } from './install-python'
import { installRelease, type Installed } from './install-release'
import type { Fetch, InstallOptions, Manifest } from './install.types'
import { buildOf, createManagedBuilds, writeManifest } from './managed-builds'
import { createReleases, type FoundRelease, type Releases } from './releases'

export type InstallerDeps = {
  /** `<home>/builds`. */
  buildsFolder: string
  background: Background
  fetch: Fetch
  clock: Clock
  runTool: typeof runToolOfLib
  /** `https://api.github.com`, or a stand-in that speaks its releases API. */
  githubAddress: string
  /** Whether PyPI or its mirror answered when it was last asked; null when it was not. */
  pypiReachable(): boolean | null
}

type Offered = { runtime: Runtime; kind: BuildKind; plan: InstallPlan; machine: Machine; release: FoundRelease | null }
type Found = { release: FoundRelease | null; why: string | null }

/** An archive and what comes out of it are there at the same time, and models grow on the same disk. */
const diskFactor = 4

/** Offers what could be installed here, and installs it: one folder for each build, made aside, tried, then put in place. */
export function createInstaller(deps: InstallerDeps) {
  const managed = createManagedBuilds(deps.buildsFolder)
  const releases = createReleases({ fetch: deps.fetch, address: deps.githubAddress, clock: deps.clock })
  const offered = new Map<string, Offered>()
  const running = new Set<string>()
  const swept = managed.sweep()

  async function offerOf(
    { runtime, kind, plan, machine }: Omit<Offered, 'release'>,
    builds: readonly Build[],
  ): Promise<InstallOffer | null> {
    const { release, why } = await look(deps, releases, { plan, machine })
    const id = `${runtime.id}/${kind.kind}/${plan.id}`
    if (isHere({ kind, plan, release }, builds)) return null
    offered.set(id, { runtime, kind, plan, machine, release })
    return { id, runtime: runtime.id, title: titleOf(plan, release), source: sourceOf(plan), bytes: release?.bytes ?? null, why }
  }

  return {
    /** Resolves when leftovers of installs that were cut off are gone; with how many there were. */
    swept,
    /** What could be installed, best first; what is here already in the same version is left out. */
    async offers(runtime: Runtime, machine: Machine): Promise<InstallOffer[]> {
      const builds = (await managed.list()).filter(build => build.runtime === runtime.id)
      const wanted = runtime.builds.flatMap(kind => kind.installs(machine).map(plan => ({ runtime, kind, plan, machine })))
      const offers = await Promise.all(wanted.map(each => offerOf(each, builds)))
      return offers.filter(offer => offer !== null)
    },
    /** Fails with `not-found` for an offer that was never made, and `busy` while the same one is being installed. */
    async install(offerId: string, options: InstallOptions): Promise<Build> {
      const offer = offered.get(offerId)
      if (!offer) throw new Failure('not-found', `There is no offer named ${offerId}. Look for builds again.`)
      if (running.has(offerId)) throw new Failure('busy', `${offer.plan.title} is being installed.`)
      running.add(offerId)
      try {
        await swept
        return await carryOut({ deps, managed, offer, name: offerId }, options)
      } finally {
        running.delete(offerId)
      }
    },
  }
}

const titleOf = (plan: InstallPlan, release: FoundRelease | null) => (release ? `${plan.title} ${release.tag}` : plan.title)
const notByUs = 'It is installed by its own installer, not by this app.'

function sourceOf({ fetch }: InstallPlan): string {
  if (fetch.kind === 'github-release') return `GitHub, ${fetch.repository}`
  return fetch.kind === 'python-venv' ? `PyPI, ${fetch.requirements.join(' ')}` : notByUs
}

/** What a plan would fetch, or why it cannot be done here and now. */
async function look(deps: InstallerDeps, releases: Releases, { plan, machine }: { plan: InstallPlan; machine: Machine }): Promise<Found> {
  if (plan.why !== null) return { release: null, why: plan.why }
  if (plan.fetch.kind === 'python-venv') return { release: null, why: whyNoPython(deps, machine, plan.fetch.python) }
  if (plan.fetch.kind !== 'github-release') return { release: null, why: notByUs }
  try {
    const release = await releases.find(plan.fetch)
    return { release, why: release ? null : 'No release of late has a file for this machine.' }
  } catch (error) {
    return { release: null, why: `${error instanceof Error ? error.message : String(error)}.` }
  }
}

function whyNoPython({ pypiReachable }: InstallerDeps, { python, uv }: Machine, least: string): string | null {
  if (pypiReachable() === false) return 'PyPI cannot be reached from here.'
  if (uv !== null || (python !== null && atLeast(/\d+\.\d+/.exec(python)?.[0] ?? '0', least))) return null
  return `It needs uv, or Python ${least} or newer.`
}

function isHere({ kind, plan, release }: Pick<Offered, 'kind' | 'plan' | 'release'>, builds: readonly Build[]): boolean {
  const same = builds.filter(build => build.kind === kind.kind && build.variant === plan.variant)
  if (plan.fetch.kind === 'github-release') return same.some(build => release !== null && isTag(build.version, release.tag))
  if (plan.fetch.kind !== 'python-venv') return false
  const wanted = plan.fetch.requirements.map(requirement => requirement.split('==')[1])
  return same.some(build => wanted.includes(build.version ?? ''))
}

const isTag = (version: string | null, tag: string) => version === tag || `v${version ?? ''}` === tag

type Work = { deps: InstallerDeps; managed: ReturnType<typeof createManagedBuilds>; offer: Offered; name: string }

async function carryOut({ deps, managed, offer, name }: Work, options: InstallOptions): Promise<Build> {
  options.signal.throwIfAborted()
  const folder = await managed.begin(name)
  try {
    await checkDisk(folder, offer)
    const installed = await fetchParts(deps, offer, { folder, options })
    const version = await smoke(deps, offer, { folder, executable: installed.executable })
    options.signal.throwIfAborted()
    const manifest = manifestOf(offer, { installed, version, at: deps.clock.wall() })
    await writeManifest(folder, manifest)
    const target = managed.folderOf(manifest.build.id)
    const before = (await managed.list()).find(build => build.id === manifest.build.id)
    // A build is never replaced in place: somebody may be running it.
    if (before) return before
    await rm(target, { recursive: true, force: true })
    await rename(folder, target)
    return buildOf(manifest, target)
  } catch (error) {
    if (options.signal.aborted) throw new Failure('cancelled', `${offer.plan.title} was not installed`, { cause: error })
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkDisk(folder: string, { release, plan }: Offered) {
  const { bavail, bsize } = await statfs(folder)
  const needed = (release?.bytes ?? 0) * diskFactor
  if (bavail * bsize < needed) {
    throw new Failure(
      'disk-full',
      `${plan.title} needs about ${Math.ceil(needed / 1e6)} MB, ${Math.floor((bavail * bsize) / 1e6)} MB are free.`,
    )
  }
}

type Place = { folder: string; options: InstallOptions }

async function fetchParts(deps: InstallerDeps, { plan, release, machine }: Offered, { folder, options }: Place): Promise<Installed> {
  const { fetch } = plan
  if (fetch.kind === 'python-venv')
    return installPython({ runTool: deps.runTool, plan: fetch, folder, platform: machine.os.platform }, options)
  if (!release || fetch.kind !== 'github-release')
    throw new Failure('offline', `${plan.title} cannot be fetched now. Look for builds again.`)
  return installRelease({ fetch: deps.fetch, background: deps.background, plan: fetch, release, folder }, options)
}

/** A cold start of a Python with a virus scanner beside it takes seconds. */
const smokeWithinMs = 30_000

/** It must start and say its version before anybody is offered it. */
async function smoke(deps: InstallerDeps, { kind, plan }: Offered, made: { folder: string; executable: string }): Promise<string> {
  const file = join(made.folder, ...made.executable.split('/'))
  const launcher = plan.fetch.kind === 'python-venv' && plan.fetch.launcher ? [join(made.folder, plan.fetch.launcher.name)] : []
  const told = await deps.runTool(file, [...launcher, ...kind.find.versionArguments], { timeoutMs: smokeWithinMs })
  const output = `${told.stdout}\n${told.stderr}`
  const version = kind.parseVersion(output)
  if (version !== null) return version
  throw new Failure('did-not-start', `${plan.title} was fetched, but does not run here: ${output.trim().slice(0, 500) || told.outcome}`)
}

function manifestOf(
  { runtime, kind, plan }: Offered,
  { installed, version, at }: { installed: Installed; version: string; at: string },
): Manifest {
  return {
    schema: 1,
    build: {
      id: `${runtime.id}@${version}+${plan.variant}`,
      runtime: runtime.id,
      kind: kind.kind,
      title: plan.title.includes(version) ? plan.title : `${plan.title} ${version}`,
      version,
      variant: plan.variant,
      backends: [...plan.backends],
      notes: [],
    },
    ...installed,
    installedAt: at,
  }
}
