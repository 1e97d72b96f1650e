import { Failure } from '../../contract/failure'
import type { OfferDetail, UpdatePlan, UpdateRecord } from '../../contract/install'
import type { Build, SettingValues } from '../../contract/runtime'
import type { InstallOptions } from '../install/install.types'
import type { CheckOptions } from '../install/integrity'
import type { JobControl, JobPlan } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import { settingsToArguments } from '../runtimes/settings'
import type { TellStage, Trial, TrialInput } from '../stack/stack.types'
import type { Collection } from '../store/store.types'
import type { Active } from './active'
import { betterOf, compareBuilds, mayBeNoise, type Comparison } from './compare-builds'
import { settingFlagsOf } from './render'

export const updateSteps: JobPlan['steps'] = [
  { id: 'install', title: 'Install beside' },
  { id: 'before', title: 'Engine test on the old build' },
  { id: 'after', title: 'Engine test on the new build' },
  { id: 'switch', title: 'Compare and switch' },
]

/** Where an update comes from and goes to: the new build is here already, or an offer brings it. */
export type UpdateTarget = { runtime: Runtime; from: Build; to: Build | null; offer: OfferDetail | null }

export type UpdateDeps = {
  install(offerId: string, options: InstallOptions): Promise<Build>
  checkBuild(build: Build, options: CheckOptions): Promise<void>
  measure(runtime: Runtime, input: TrialInput): Promise<Trial | null>
  /** The smallest model here that it loads, for builds that do not load the engine test. */
  standIn(runtime: Runtime): { id: string; title: string } | null
  knownFlags(runtime: Runtime, build: Build): Promise<ReadonlySet<string> | null>
  saved(runtime: string): SettingValues
  active: Pick<Active, 'use'>
  records: Collection<UpdateRecord>
  now(): string
  newId(): string
}

/** What an update would do, in words. Pure. */
export function planUpdate({ from, to, offer }: UpdateTarget): UpdatePlan {
  const title = to?.title ?? offer?.title ?? ''
  const install = offer && !to ? [`${title} is installed beside ${from.title}, which stays as it is.`] : []
  return {
    from: { build: from.id, title: from.title, version: from.version },
    to: to
      ? { title, version: to.version, build: to.id, offer: null }
      : { title, version: offer?.version ?? null, build: null, offer: offer?.id ?? null },
    install: offer?.plan ?? null,
    steps: [...install, ...stepsInWords],
  }
}

const stepsInWords = [
  'Both answer the engine test: known answers, speed, TTFT, memory and placement are compared.',
  'It becomes active if it holds, and only then, unless you insist.',
  'One click goes back to the build and the settings of before.',
]

/** Carries an update out; returns the id of its record. Nothing is switched before both builds were tried. */
export async function runUpdate(
  deps: UpdateDeps,
  target: UpdateTarget,
  { job, insist }: { job: JobControl; insist: boolean },
): Promise<string> {
  const { runtime, from } = target
  const to = await provide(deps, target, job)
  if (to.id === from.id) throw new Failure('bad-input', `${to.title} is the active build already.`)
  const { figures, holds, why } = await compareTwice(deps, target, { to, job })
  const step = job.step('switch')
  step.start('the figures are compared')
  const settings = await settingsFor(deps, runtime, to)
  const switched = holds || insist
  if (switched) deps.active.use(to, { before: from, settings: settings.after })
  for (const each of figures) job.log(`${each.title}: ${each.beforeText} before, ${each.afterText} now (${each.verdict})`)
  const id = deps.newId()
  deps.records.set(id, {
    ...{ id, runtime: runtime.id, kind: to.kind, from: from.id, to: to.id, figures, holds, why, switched },
    ...{ insisted: switched && !holds, rolledBack: false, settings: { before: settings.before, after: settings.after } },
    ...{ dropped: settings.dropped, at: deps.now() },
  })
  step.done(switched ? `${to.title} is active; ${from.title} stays` : `not switched: ${why.join(' ')}`)
  return id
}

/** A build that seems slower is looked at again, both in turn: other programs may have been in the way. */
async function compareTwice(
  deps: UpdateDeps,
  { runtime, from }: UpdateTarget,
  { to, job }: { to: Build; job: JobControl },
): Promise<Comparison> {
  const look = async (standIn: string | null) => {
    const before = await attempt(deps, runtime, { build: from, job, step: 'before', standIn })
    return [before, await attempt(deps, runtime, { build: to, job, step: 'after', standIn })] as const
  }
  let standIn: ReturnType<UpdateDeps['standIn']> = null
  let [before, after] = await look(null)
  // The build that worked until now does not load the engine test: then no build of this runtime may.
  if (!before && (standIn = deps.standIn(runtime))) {
    job.log(`${from.title} does not load the engine test: both are compared on ${standIn.title} instead.`)
    ;[before, after] = await look(standIn.id)
  }
  const first = compareBuilds(before, after)
  if (!before || !after || !mayBeNoise(first)) return first
  job.log(`${first.why.join(' ')} Both are measured again.`)
  const [beforeAgain, afterAgain] = await look(standIn?.id ?? null)
  return compareBuilds(beforeAgain ? betterOf(before, beforeAgain) : before, afterAgain ? betterOf(after, afterAgain) : after)
}

async function provide(deps: UpdateDeps, { to, offer }: UpdateTarget, job: JobControl): Promise<Build> {
  const step = job.step('install')
  if (to) {
    step.start(`the files of ${to.title} are checked`)
    await deps.checkBuild(to, { signal: job.signal, onProgress: ({ done, total }) => step.progress(done, total, 'bytes') })
    step.skip(`${to.title} is here`)
    return to
  }
  if (!offer) throw new Failure('not-found', 'There is nothing to update to.')
  step.start(`${offer.title} from ${offer.source}`)
  const build = await deps.install(offer.id, {
    signal: job.signal,
    onProgress: ({ done, total, unit = 'bytes' }) => step.progress(done, total, unit),
    onStage: text => step.detail(text),
    log: line => job.log(line),
  })
  step.done(build.title)
  return build
}

type Attempt = { build: Build; job: JobControl; step: 'before' | 'after'; standIn: string | null }

/** A build that cannot even be started is a result, not an error of the update; only cancelling ends it. */
async function attempt(deps: UpdateDeps, runtime: Runtime, { build, job, step: id, standIn }: Attempt): Promise<Trial | null> {
  const step = job.step(id)
  step.start(`${build.title} is started for a trial`)
  const onStage: TellStage = ({ text, done, total, unit }) => {
    step.detail(text)
    if (done !== undefined && total !== undefined) step.progress(done, total, unit)
  }
  try {
    const trial = await deps.measure(runtime, { build, signal: job.signal, gpuLayers: null, standIn, onStage })
    step.done(endOf(trial))
    return trial
  } catch (error) {
    job.signal.throwIfAborted()
    const words = error instanceof Error ? error.message : String(error)
    job.log(`${build.title}: ${words}`)
    step.done(`it could not be tried: ${words}`)
    return null
  }
}

function endOf(trial: Trial | null): string {
  if (trial?.standIn) return `${trial.standIn.answers.length} questions answered by ${trial.standIn.title}`
  const golden = trial?.proof.golden
  return golden ? `${golden.right} of ${golden.asked} known questions answered` : 'it does not load the engine test'
}

/** The saved settings that the new build takes too; for the others, why not. */
async function settingsFor(deps: UpdateDeps, runtime: Runtime, build: Build) {
  const before = deps.saved(runtime.id)
  const { dropped } = settingsToArguments(
    runtime.settings ?? [],
    before,
    settingFlagsOf(runtime, { build, knownFlags: await deps.knownFlags(runtime, build) }),
  )
  const gone = new Set(dropped.map(each => each.id))
  const after = Object.fromEntries(Object.entries(before).filter(([id]) => !gone.has(id)))
  return { before, after, dropped: dropped.map(each => ({ setting: each.id, why: each.why })) }
}
