import type { Conformance, ConformanceRecord } from '../../contract/conformance'
import type { OfferDetail, UpdateRecord } from '../../contract/install'
import type { Instance } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { Build, SettingValues } from '../../contract/runtime'
import type { BuildDetail, BuildWarning, RuntimeDetail } from '../../contract/runtime-detail'
import type { Manifest } from '../install/install.types'
import type { ManagedBuild } from '../install/managed-builds'
import { isRepairable } from '../install/repair'
import { conformanceCard } from '../runtimes/conformance-card'
import type { Runtime } from '../runtimes/runtime'
import { activeOf, type Switch } from './active'
import { belowFloor } from './security-floor'

/** All that is known, gathered; what follows is pure. */
export type Known = {
  machine: Machine
  /** In the order that starts take them. */
  builds: readonly Build[]
  offers: readonly OfferDetail[]
  ours: ReadonlyMap<string, ManagedBuild>
  /** Bytes on the disk of builds of ours. */
  bytes: ReadonlyMap<string, number>
  instances: readonly Pick<Instance, 'id' | 'build' | 'state'>[]
  conformance: readonly ConformanceRecord[]
  updates: readonly UpdateRecord[]
  rollbacks(runtime: string): readonly Switch[]
  saved(runtime: string): SettingValues
  proved(build: string): BuildDetail['proved']
  changedFiles(build: string): readonly string[]
  flags(build: Build): number | null
}

const live = ({ state }: Pick<Instance, 'state'>) => !['stopped', 'failed'].includes(state.kind)

/** Everything the Runtimes place shows of one runtime. */
export function detailOf(runtime: Runtime, known: Known): RuntimeDetail {
  const { id, title, purpose, homepage, facts } = runtime
  const own = known.builds.filter(each => each.runtime === id)
  return {
    ...{ id, title, purpose, homepage, tier: runtime.tier ?? 'second' },
    verdict: runtime.judge(known.machine),
    launchable: runtime.launch !== undefined,
    builds: own.map(build => buildDetailOf(runtime, build, known)),
    offers: known.offers.filter(each => each.runtime === id && !isPresent(each, own)),
    settings: [...(runtime.settings ?? [])],
    saved: known.saved(id),
    matrix: Object.fromEntries(
      Object.entries(facts.matrix).map(([dimension, { tier, says, now }]) => [dimension, { tier, says, now: now ?? null }]),
    ),
    matrixSource: facts.matrixSource,
    conformance: cardsOf(runtime, known.conformance),
    metrics: runtime.metrics !== undefined,
    pins: [...(runtime.pins ?? [])],
    securityFloor: runtime.securityFloor ?? null,
    updates: known.updates.filter(each => each.runtime === id).sort((one, other) => other.at.localeCompare(one.at)),
    rollbacks: known.rollbacks(id).map(({ kind, to: from, from: to, fromTitle, at }) => ({ kind, from, to, title: fromTitle, at })),
  }
}

/** What another program installs is not offered again once it is found. */
const isPresent = ({ fetchKind, kind }: OfferDetail, builds: readonly Build[]) =>
  (fetchKind === 'vendor' || fetchKind === 'package-manager') && builds.some(each => each.kind === kind && each.origin !== 'managed')

/** A build with where it came from, what uses it, and what may be done with it. */
export function buildDetailOf(runtime: Runtime, build: Build, known: Known): BuildDetail {
  const ours = known.ours.get(build.id)
  const usedBy = known.instances.filter(each => each.build === build.id && live(each)).map(each => each.id)
  const why = whyNotRemovable(build, usedBy)
  return {
    ...build,
    source: ours ? sourceOf(ours.manifest) : build.path,
    digest: ours ? digestOf(ours.manifest) : null,
    bytes: known.bytes.get(build.id) ?? null,
    files: ours?.manifest.files.length ?? null,
    installedAt: ours?.manifest.installedAt ?? null,
    active: activeOf(known.builds, runtime.id)?.id === build.id,
    activeOfKind: activeOf(known.builds, runtime.id, build.kind)?.id === build.id,
    usedBy,
    warnings: warningsOf(runtime, build, known),
    removable: why === null,
    whyNotRemovable: why,
    repairable: ours !== undefined && isRepairable(ours),
    proved: known.proved(build.id),
    flags: known.flags(build),
  }
}

/** Why a build cannot be removed, as a sentence; null when it can. */
export function whyNotRemovable({ origin }: Build, usedBy: readonly string[]): string | null {
  if (origin === 'bundled') return 'It is part of the app.'
  if (origin === 'adopted') return 'It was found on this machine: whoever installed it removes it.'
  if (origin === 'running') return 'It is a server that runs already, and not ours.'
  return usedBy.length === 0 ? null : `It runs as ${usedBy.join(', ')}; stop that first.`
}

function warningsOf(runtime: Runtime, build: Build, known: Known): BuildWarning[] {
  const below = belowFloor(runtime, build)
  const changed = known.changedFiles(build.id)
  const proved = known.proved(build.id)
  const wrong = proved && proved.right < proved.asked
  return [
    ...(changed.length > 0
      ? [{ kind: 'files-changed' as const, text: `Files are not what was installed: ${changed.slice(0, 3).join(', ')}.`, source: null }]
      : []),
    ...(below === null ? [] : [{ kind: 'security-floor' as const, text: below, source: runtime.securityFloor?.source ?? null }]),
    ...(wrong
      ? [{ kind: 'engine-test' as const, text: `It answered only ${proved.right} of ${proved.asked} known questions.`, source: null }]
      : []),
  ]
}

function sourceOf({ source }: Manifest): string {
  switch (source.kind) {
    case 'github-release':
      return `GitHub, ${source.repository} ${source.tag}`
    case 'python-venv':
      return `PyPI, ${source.requirements.join(' ')}; Python ${source.python}, ${source.packages.length} packages`
    case 'container':
      return `${source.image}:${source.tag}`
  }
}

function digestOf({ source }: Manifest): string | null {
  if (source.kind === 'container') return source.digest
  if (source.kind === 'github-release') return source.archives[0] ? `sha256:${source.archives[0].sha256}` : null
  const name = source.requirements[0]
    ?.split('==')[0]
    ?.toLowerCase()
    .replaceAll(/[-_.]+/g, '-')
  const hash = name === undefined ? undefined : source.hashes?.[name]
  return hash === undefined ? null : hash.startsWith('sha256:') ? hash : `sha256:${hash}`
}

/** A card for each kind of build that something is known of by itself, else one for the runtime. */
export function cardsOf(runtime: Runtime, records: readonly ConformanceRecord[]): Conformance[] {
  const seen = records.filter(each => each.runtime === runtime.id).map(each => each.build)
  const kinds = new Set([...seen, ...Object.keys(runtime.api?.builds ?? {})])
  return kinds.size === 0 ? conformanceCard(runtime, null, records) : [...kinds].flatMap(kind => conformanceCard(runtime, kind, records))
}
