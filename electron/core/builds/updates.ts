import { Failure } from '../../contract/failure'
import type { OfferDetail, UpdatePlan } from '../../contract/install'
import type { Job } from '../../contract/job'
import type { Build } from '../../contract/runtime'
import type { Jobs } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import { activeOf, lineOf } from './active'
import { planUpdate, runUpdate, updateSteps, type UpdateDeps, type UpdateTarget } from './update'

export type UpdatesDeps = UpdateDeps & {
  jobs: Jobs
  runtime(id: string): Runtime
  /** In the order that starts take them. */
  builds(): Promise<Build[]>
  /** Offers of a runtime that are there now, with their plans. */
  offers(runtime: string): Promise<OfferDetail[]>
  offer(id: string): Promise<OfferDetail>
  changed(): void
}

/** Updates: planned, carried out as jobs, one at a time for each runtime. */
export function createUpdates(deps: UpdatesDeps) {
  const running = new Set<string>()

  /** @throws Failure `not-found` when there is nothing to update to, `not-installed` when there is nothing to update. */
  async function targetOf(runtimeId: string, target: string | null): Promise<UpdateTarget> {
    const runtime = deps.runtime(runtimeId)
    const builds = await deps.builds()
    const active = activeOf(builds, runtimeId)
    if (!active) throw new Failure('not-installed', `${runtime.title} is not installed: there is nothing to update.`)
    const to = target === null ? null : (builds.find(each => each.id === target && each.runtime === runtimeId) ?? null)
    if (to) return { runtime, to, offer: null, from: before(builds, to) ?? active }
    const offer = target === null ? newest(await deps.offers(runtimeId), active) : await deps.offer(target)
    if (!offer || offer.runtime !== runtimeId) throw new Failure('not-found', whyNone(runtime.title, active, await deps.offers(runtimeId)))
    if (offer.why !== null) throw new Failure('not-available-here', `${offer.title} cannot be installed now: ${offer.why}`)
    return { runtime, to: null, offer, from: before(builds, { ...offer, id: '' }) ?? active }
  }

  return {
    async plan(runtimeId: string, target: string | null): Promise<UpdatePlan> {
      return planUpdate(await targetOf(runtimeId, target))
    },
    /** The target is looked up before the job begins, so that what cannot be is said at once. */
    async run(runtimeId: string, { target, insist }: { target: string | null; insist: boolean }): Promise<Job> {
      const found = await targetOf(runtimeId, target)
      if (running.has(runtimeId)) throw new Failure('busy', `${found.runtime.title} is being updated.`)
      running.add(runtimeId)
      const title = `Update ${found.runtime.title} to ${found.to?.title ?? found.offer?.title ?? 'another build'}`
      return deps.jobs.run({ kind: 'update', title, steps: updateSteps }, async job => {
        try {
          return await runUpdate(deps, found, { job, insist })
        } finally {
          running.delete(runtimeId)
          deps.changed()
        }
      })
    },
  }
}

/** The build that a new one stands in for: the active one of its line, else of its kind. */
function before(builds: readonly Build[], to: Pick<Build, 'id' | 'runtime' | 'kind' | 'variant'>): Build | null {
  const others = builds.filter(each => each.id !== to.id && each.runtime === to.runtime)
  return others.find(each => lineOf(each) === lineOf(to)) ?? others.find(each => each.kind === to.kind) ?? null
}

/** Why there is nothing to update to, and what else could be installed: what the app brings is updated with the app alone. */
function whyNone(runtime: string, active: Build, offers: readonly OfferDetail[]): string {
  if (active.origin !== 'bundled') return `${active.title} is the newest build of ${runtime} that could be installed here.`
  const own = `${active.title} is part of Roundhouse and is updated with it.`
  const beside = offers.filter(each => each.why === null).map(each => each.title)
  const [barred] = offers
  if (beside.length > 0) return `${own} Beside it could be installed: ${beside.join(', ')}; see \`roundhouse runtimes install\`.`
  return barred
    ? `${own} Nothing can be installed beside it now: ${barred.why}`
    : `${own} Nothing else of ${runtime} can be installed here.`
}

/** An offer that updates the active build, else any that updates another of its runtime. */
function newest(offers: readonly OfferDetail[], active: Build): OfferDetail | null {
  const updates = offers.filter(each => each.updates !== null && each.why === null)
  return updates.find(each => each.kind === active.kind && each.variant === active.variant) ?? updates[0] ?? null
}
