import { randomUUID } from 'node:crypto'
import type { Job } from '../contract/job'
import type { RuntimesSnapshot } from '../contract/runtime-detail'
import { previewRemoval, runRemovalJob, type RemovalDeps } from './builds/build-jobs'
import { createChoiceActions } from './builds/choice-actions'
import { createBuildContext, watchUse, type RuntimesServiceDeps } from './builds/context'
import { detailOf } from './builds/details'
import { createInstallActions } from './builds/install-actions'
import { createKnown } from './builds/known'
import { conformanceRecords, matrixDimensions } from './builds/knowledge'
import { createLiveSnapshot } from './builds/live-snapshot'
import { createUpdates } from './builds/updates'
import { runTool } from './lib/run-tool'

/** Builds on this machine: found, offered, installed, chosen, updated, repaired and removed. */
export function createRuntimesService(deps: RuntimesServiceDeps) {
  const context = createBuildContext(deps)
  const { installer, integrity, flags, active, stores, builds, managed, now, saved } = context
  const { jobs, advice, supervisor } = deps
  const gather = createKnown({
    ...{ machine: deps.machine, builds, offers: advice.offers, instances: supervisor.list, saved: stores.saved },
    ...{ installer, integrity, flags, active, updates: stores.updates, proofs: stores.proofs },
    conformance: conformanceRecords,
    measured: () => snapshot.changed(),
    report: deps.report,
  })
  const snapshot = createLiveSnapshot<RuntimesSnapshot>({
    async make() {
      const known = await gather()
      return { runtimes: deps.runtimes.map(each => detailOf(each, known)), dimensions: matrixDimensions, looking: false }
    },
    again: last => ({ ...last, looking: true }),
    report: deps.report,
  })
  watchUse(supervisor, snapshot.changed)
  context.learned.subscribe(snapshot.changed)

  /** What is on the disk has changed. */
  function changed() {
    advice.forget()
    snapshot.changed()
  }

  /** A build that was found changed is shown so. */
  async function checkBuild(...given: Parameters<typeof integrity.check>) {
    try {
      await integrity.check(...given)
    } catch (error) {
      snapshot.changed()
      throw error
    }
  }

  const installs = createInstallActions(context, changed)
  const { detail, installNow, repair, install } = installs
  const updates = createUpdates({
    ...{ jobs, active, builds, now, changed, saved, runtime: context.runtimeOf, newId: randomUUID, records: stores.updates },
    ...{ install: installNow, checkBuild, measure: deps.measure, standIn: deps.standIn, knownFlags: flags.of, offer: detail },
    offers: async id => Promise.all((await advice.offers()).filter(each => each.runtime === id).map(each => detail(each.id))),
  })
  const removal: RemovalDeps = { managed, runTool, builds, order: context.order, usedBy: context.usedBy }

  return {
    // What the recommender and a start need.
    ...{ findBuilds: context.finder.find, findOffers: installer.offers, installNow, builds, pointers: active.pointers },
    ...{ checkBuild, knownFlags: flags.of, savedSettings: saved, proofs: stores.proofs, offersCame: snapshot.changed },
    // What the window and the command line ask.
    ...{ snapshot: snapshot.read, lastSnapshot: snapshot.last, subscribe: snapshot.subscribe, repair, install },
    plan: (offer: string) => detail(offer, { ask: true }),
    ...createChoiceActions(context, snapshot.changed),
    ...{ updatePlan: updates.plan, update: updates.run },
    removal: (id: string) => previewRemoval(removal, id),
    remove: (id: string): Job =>
      runRemovalJob(removal, jobs, {
        id,
        removed(build) {
          active.removed(build)
          integrity.forget(build.id)
          changed()
        },
      }),
  }
}
