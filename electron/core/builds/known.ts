import type { ConformanceRecord } from '../../contract/conformance'
import type { UpdateRecord } from '../../contract/install'
import type { Instance } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { Build, InstallOffer, SettingValues } from '../../contract/runtime'
import type { BuildDetail } from '../../contract/runtime-detail'
import type { Installer } from '../install/installer'
import type { Integrity } from '../install/integrity'
import type { KnownFlags } from '../install/known-flags'
import type { ManagedBuild } from '../install/managed-builds'
import { measureBuild } from '../install/removal'
import type { Collection } from '../store/store.types'
import type { Active } from './active'
import type { Known } from './details'

export type KnownDeps = {
  machine(): Promise<Machine>
  builds(): Promise<Build[]>
  offers(): Promise<InstallOffer[]>
  instances(): Instance[]
  installer: Pick<Installer, 'managed' | 'detail'>
  integrity: Integrity
  flags: KnownFlags
  active: Active
  conformance: readonly ConformanceRecord[]
  updates: Collection<UpdateRecord>
  saved: Collection<SettingValues>
  proofs: Collection<NonNullable<BuildDetail['proved']>>
  /** Sizes of folders became known. */
  measured(): void
  report(error: unknown): void
}

/** What a manifest says that a build takes: its files, and the image that was pulled for it. */
function announcedBytes({ manifest: { files, source } }: ManagedBuild): number {
  const image = source.kind === 'container' && source.pulled ? (source.bytes ?? 0) : 0
  return files.reduce((sum, each) => sum + each.bytes, image)
}

/**
 * Gathers all that the Runtimes place shows. Folders are measured once per install, and not waited for: walking gigabytes takes
 * seconds, and until then what the manifest says is near enough.
 */
export function createKnown(deps: KnownDeps): () => Promise<Known> {
  const measured = new Map<string, number>()
  let measuring = false

  const keyOf = (id: string, { manifest }: ManagedBuild) => `${id} ${manifest.installedAt}`

  /** One folder after another, each once; told when all are known. */
  async function measure(wanted: readonly (readonly [string, ManagedBuild])[]) {
    for (const [id, build] of wanted) measured.set(keyOf(id, build), (await measureBuild(build)).bytes)
    measuring = false
    if (wanted.length > 0) deps.measured()
  }

  function bytesOf(ours: Known['ours']): Map<string, number> {
    const wanted = [...ours].filter(([id, build]) => !measured.has(keyOf(id, build)))
    if (wanted.length > 0 && !measuring) {
      measuring = true
      void measure(wanted).catch(deps.report)
    }
    return new Map([...ours].map(([id, build]) => [id, measured.get(keyOf(id, build)) ?? announcedBytes(build)]))
  }

  return async () => {
    const [machine, builds, found] = await Promise.all([deps.machine(), deps.builds(), deps.offers()])
    const offers = await Promise.all(found.map(each => deps.installer.detail(each.id, builds)))
    const ours = new Map((await deps.installer.managed.all()).map(each => [each.build.id, each]))
    return {
      ...{ machine, builds, offers, ours, conformance: deps.conformance, bytes: bytesOf(ours) },
      instances: deps.instances(),
      updates: deps.updates.all().map(({ value }) => value),
      rollbacks: runtime => deps.active.rollbacks(runtime, builds),
      saved: runtime => deps.saved.get(runtime) ?? {},
      proved: build => deps.proofs.get(build),
      changedFiles: deps.integrity.changedFiles,
      flags: deps.flags.count,
    }
  }
}
