import { Failure } from '../../contract/failure'
import type { OfferDetail } from '../../contract/install'
import type { Job } from '../../contract/job'
import type { Build } from '../../contract/runtime'
import type { InstallOptions } from '../install/install.types'
import { runInstallJob } from './build-jobs'
import type { BuildContext } from './context'

/** Offers looked at, installs and repairs. `changed` is told when the disk has another build than before. */
export function createInstallActions(context: BuildContext, changed: () => void) {
  const { deps, installer, managed, active, builds, integrity, usedBy, runtimeOf, buildNamed } = context

  /** An offer with its plan; its runtime is looked at first where that was not done yet. */
  async function detail(offerId: string, options: { ask?: boolean } = {}): Promise<OfferDetail> {
    const here = await builds()
    try {
      return await installer.detail(offerId, here, options)
    } catch (error) {
      const runtime = deps.runtimes.find(each => offerId.startsWith(`${each.id}/`))
      if (!(error instanceof Failure) || error.code !== 'not-found' || !runtime) throw error
      await installer.offers(runtime, await deps.machine())
      return await installer.detail(offerId, here, options)
    }
  }

  async function installNow(offerId: string, options: InstallOptions): Promise<Build> {
    const here = await builds()
    const build = await installer.install(offerId, options)
    if (build.origin === 'managed') active.installed(build, here)
    changed()
    return build
  }

  async function repairNow(buildId: string, options: InstallOptions): Promise<Build> {
    const build = await buildNamed(buildId)
    const users = usedBy(buildId)
    if (users.length > 0) throw new Failure('busy', `${build.title} runs as ${users.join(', ')}; stop that first.`)
    const again = await installer.repair(buildId, { runtime: runtimeOf(build.runtime), machine: await deps.machine() }, options)
    integrity.forget(buildId)
    changed()
    return again
  }

  async function repair(buildId: string): Promise<Job> {
    const build = await buildNamed(buildId)
    const work = (options: InstallOptions) => repairNow(buildId, options)
    return runInstallJob(deps.jobs, { title: `Repair ${build.title}`, stepTitle: 'Install again', work })
  }

  /** An offer, or a build of ours, which is then installed again. @throws Failure `bad-input` for commands nobody agreed to. */
  async function install(id: string, agreed = false): Promise<Job> {
    if ((await managed.get(id)) !== null) return await repair(id)
    const offer = await detail(id)
    if (offer.why !== null) throw new Failure('not-available-here', `${offer.title} cannot be installed now: ${offer.why}`)
    if (offer.plan.needsAgreement && !agreed) {
      const commands = offer.plan.commands.map(each => each.join(' ')).join('; ')
      throw new Failure('bad-input', `This runs ${commands}: look at it and agree first.`)
    }
    const work = (options: InstallOptions) => installNow(id, options)
    return runInstallJob(deps.jobs, { title: `Install ${offer.title}`, stepTitle: 'Install', work })
  }

  return { detail, installNow, repair, install }
}
