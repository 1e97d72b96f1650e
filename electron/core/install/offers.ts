import type { Machine } from '../../contract/machine'
import type { Build, InstallOffer } from '../../contract/runtime'
import { Failure } from '../../contract/failure'
import type { BuildKind, InstallPlan, Runtime } from '../runtimes/runtime'
import { asWhoMay, isRoot } from './as-root'
import { engineOf } from './container-engine'
import { findOnPath } from './find-on-path'
import { atLeast } from './python-version'
import type { FoundRelease, Releases } from './releases'

/** A plan of an adapter on this machine; `version` is another one than the plan's own, where the person named it. */
export type Planned = { runtime: Runtime; kind: BuildKind; plan: InstallPlan; machine: Machine; version: string | null }
/** With what was found out about it: the release of GitHub, and why it cannot be done here and now. */
export type Offered = Planned & { id: string; release: FoundRelease | null; why: string | null }

export type OfferDeps = {
  releases: Releases
  /** Whether PyPI or its mirror answered when it was last asked; null when it was not. */
  pypiReachable(): boolean | null
  environment: Readonly<Record<string, string | undefined>>
}

export const offerIdOf = ({ runtime, kind, plan, version }: Omit<Planned, 'machine'>) =>
  `${runtime.id}/${kind.kind}/${plan.id}${version === null ? '' : `@${version}`}`

/** A version as package indexes and release tags write them: never an option, never a path. */
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/

/**
 * The plan for another version than its own: `package==version` of the first requirement, the tag of an image. A release of
 * GitHub is found by its tag. @throws Failure `bad-input` where its maker alone decides the version.
 */
export function planFor(plan: InstallPlan, version: string): InstallPlan {
  if (!versionPattern.test(version)) throw new Failure('bad-input', `${version.slice(0, 80)} is not a version.`)
  const { fetch } = plan
  if (fetch.kind === 'github-release') return plan
  if (fetch.kind === 'container') return { ...plan, title: `${fetch.image} ${version}`, fetch: { ...fetch, tag: version } }
  if (fetch.kind !== 'python-venv') throw new Failure('bad-input', `${plan.title} comes in the version that its maker gives.`)
  const [first = '', ...others] = fetch.requirements
  const [name = '', own] = first.split('==')
  const title = own === undefined ? `${plan.title} ${version}` : plan.title.replaceAll(own, version)
  return { ...plan, title, fetch: { ...fetch, requirements: [`${name}==${version}`, ...others] } }
}

/** Finds the release, or says why the plan cannot be carried out here and now. */
export async function look(deps: OfferDeps, planned: Planned): Promise<Offered> {
  const base = { ...planned, id: offerIdOf(planned), release: null }
  const { plan, version } = planned
  if (plan.why !== null) return { ...base, why: plan.why }
  if (plan.fetch.kind !== 'github-release') return { ...base, why: await whyNot(deps, planned) }
  try {
    const release = await deps.releases.find(plan.fetch, version ?? undefined)
    const none = version === null ? 'No release of late has a file for this machine.' : `There is no release ${version} for this machine.`
    return { ...base, release, why: release ? null : none }
  } catch (error) {
    return { ...base, why: `${error instanceof Error ? error.message : String(error)}.` }
  }
}

async function whyNot(deps: OfferDeps, { plan, machine }: Planned): Promise<string | null> {
  const { fetch } = plan
  if (fetch.kind === 'python-venv') return await whyNoPython(deps, machine, fetch.python)
  if (fetch.kind === 'container')
    return (await engineOf(deps.environment)) === null ? 'It is a container, and neither Docker nor Podman is here to run it.' : null
  if (fetch.kind !== 'package-manager') return null
  const [program = fetch.manager] = asWhoMay(fetch.command, isRoot())
  return (await findOnPath(program, deps.environment)) === null ? `It needs ${program}, which is not here.` : null
}

/** uv is fetched where it is not there, but a Python to fetch it with has to be. One that did not answer in time may do so later. */
async function whyNoPython(deps: OfferDeps, { python, uv }: Machine, least: string): Promise<string | null> {
  if (deps.pypiReachable() === false) return 'PyPI cannot be reached from here.'
  if (uv !== null || (python !== null && atLeast(/\d+\.\d+/.exec(python)?.[0] ?? '0', least))) return null
  const there = await Promise.all(['uv', 'python3'].map(name => findOnPath(name, deps.environment)))
  return python === null && there.some(each => each !== null) ? null : `It needs uv, or Python ${least} or newer.`
}

const titleOf = ({ plan, release }: Offered) => (release ? `${plan.title} ${release.tag}` : plan.title)

function sourceOf({ fetch }: InstallPlan): string {
  switch (fetch.kind) {
    case 'github-release':
      return `GitHub, ${fetch.repository}`
    case 'python-venv':
      return `PyPI, ${fetch.requirements.join(' ')}`
    case 'package-manager':
      return `${fetch.manager}, ${fetch.package}`
    case 'container':
      return `${fetch.image}:${fetch.tag}`
    case 'vendor':
      return fetch.page
  }
}

/** Bytes that would be fetched; null where nobody tells beforehand. */
export function downloadBytesOf({ plan, release }: Offered): number | null {
  return plan.fetch.kind === 'python-venv' ? (plan.fetch.downloadBytes ?? null) : (release?.bytes ?? null)
}

export const describeOffer = (offered: Offered): InstallOffer => ({
  id: offered.id,
  runtime: offered.runtime.id,
  title: titleOf(offered),
  source: sourceOf(offered.plan),
  bytes: downloadBytesOf(offered),
  why: offered.why,
})

/** Version that the plan would bring, where it is known before. */
export function versionOf({ plan, release, version }: Offered): string | null {
  if (release) return release.tag
  if (plan.fetch.kind === 'container') return plan.fetch.tag
  return version ?? (plan.fetch.kind === 'python-venv' ? (plan.fetch.requirements[0]?.split('==')[1] ?? null) : null)
}

const isTag = (version: string | null, tag: string) => version === tag || `v${version ?? ''}` === tag

/** Whether the same version of it is here already. */
export function isHere(offered: Offered, builds: readonly Build[]): boolean {
  const { kind, plan } = offered
  const same = builds.filter(build => build.kind === kind.kind && build.variant === plan.variant)
  const version = versionOf(offered)
  return version !== null && same.some(build => isTag(build.version, version))
}
