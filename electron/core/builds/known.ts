import type { ConformanceRecord } from '../../contract/conformance'
import type { UpdateRecord } from '../../contract/install'
import type { Instance } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { Build, InstallOffer, SettingValues } from '../../contract/runtime'
import type { BuildDetail } from '../../contract/runtime-detail'
import type { Installer } from '../install/installer'
import type { Integrity } from '../install/integrity'
import type { KnownFlags } from '../install/known-flags'
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

/**
 * Gathers all that the Runtimes place shows. What removing a build frees is measured once per install and not waited for, since
 * walking gigabytes takes seconds; until then it is not known. Sizes in a manifest count files that a package cache shares.
 */
export function createKnown(deps: KnownDeps): () => Promise<Known> {
  const measured = new Map<string, number>()
  /** The builds that were there at the last measurement: a further one may share files with another, a removed one no longer does. */
  let measuredWith: string | null = null
  let measuring = false

  /** One folder after another; told when all are known. */
  async function measure(ours: Known['ours']) {
    for (const [id, build] of ours) measured.set(id, (await measureBuild(build)).bytes)
    measuring = false
    if (ours.size > 0) deps.measured()
  }

  function bytesOf(ours: Known['ours']): ReadonlyMap<string, number> {
    const now = [...ours].map(([id, { manifest }]) => `${id} ${manifest.installedAt}`).join()
    if (now !== measuredWith && !measuring) {
      measuring = true
      measuredWith = now
      void measure(ours).catch(deps.report)
    }
    return measured
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
