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
}

/** Gathers all that the Runtimes place shows. Folders are measured once per install: walking gigabytes takes seconds. */
export function createKnown(deps: KnownDeps): () => Promise<Known> {
  const measured = new Map<string, number>()

  async function bytesOf(ours: Known['ours']): Promise<Map<string, number>> {
    const bytes = new Map<string, number>()
    for (const [id, build] of ours) {
      const key = `${id} ${build.manifest.installedAt}`
      const known = measured.get(key) ?? (await measureBuild(build)).bytes
      measured.set(key, known)
      bytes.set(id, known)
    }
    return bytes
  }

  return async () => {
    const [machine, builds, found] = await Promise.all([deps.machine(), deps.builds(), deps.offers()])
    const offers = await Promise.all(found.map(each => deps.installer.detail(each.id, builds)))
    const ours = new Map((await deps.installer.managed.all()).map(each => [each.build.id, each]))
    return {
      ...{ machine, builds, offers, ours, conformance: deps.conformance, bytes: await bytesOf(ours) },
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
