import { Failure } from '../../contract/failure'
import type { StartRequest } from '../../contract/instance'
import type { Build } from '../../contract/runtime'
import type { JobControl, StepControl } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import { chooseBuild } from './resolve'
import type { StackDeps, TellStage, TransferOptions } from './stack.types'

/** A stage as words and amount of a job's step. */
export const toldAs =
  (step: StepControl): TellStage =>
  ({ text, done, total, unit }) => {
    step.detail(text)
    if (done !== undefined && total !== undefined) step.progress(done, total, unit)
  }

/** What an install tells, as progress, words and log of a job's step. */
export const installOptions = (job: JobControl, step: StepControl): TransferOptions => ({
  signal: job.signal,
  onProgress: ({ done, total, unit = 'bytes' }) => step.progress(done, total, unit),
  onStage: text => step.detail(text),
  log: line => job.log(line),
})

/**
 * The build that a start takes: one that is here, its files checked, else the best offer, installed.
 * @throws Failure `not-available-here`, `not-installed`, `build-changed`, or why it could not be installed.
 */
export async function provideBuild(
  deps: StackDeps,
  runtime: Runtime,
  { request, job }: { request: StartRequest; job: JobControl },
): Promise<Build> {
  const step = job.step('install')
  step.start(`builds of ${runtime.title} on this machine are looked for`)
  await refuseImpossible(deps, runtime)
  const found = chooseBuild(request, await deps.builds())
  if (found) {
    step.detail(`the files of ${found.title} are checked`)
    await deps.checkBuild(found, { signal: job.signal, onProgress: ({ done, total }) => step.progress(done, total, 'bytes') })
    step.skip(`${found.title} is here`)
    return found
  }
  step.detail(`${runtime.title} is not here: what could be installed is looked for`)
  const offers = (await deps.offers()).filter(each => each.runtime === runtime.id && (request.build === null || each.id === request.build))
  const offer = offers.find(each => each.why === null)
  if (!offer)
    throw new Failure('not-installed', `${runtime.title} is not installed${offers[0]?.why ? `, and cannot be: ${offers[0].why}` : ''}.`)
  step.start(`${offer.title} from ${offer.source}`)
  const build = await deps.install(offer.id, installOptions(job, step))
  step.done(build.title)
  return build
}

async function refuseImpossible(deps: StackDeps, runtime: Runtime) {
  const verdict = runtime.judge(await deps.machine())
  if (!verdict.can) throw new Failure('not-available-here', `${runtime.title} cannot run here: ${verdict.why}`)
  if (runtime.launch) return
  throw new Failure(
    'not-available-here',
    `Roundhouse knows ${runtime.title} but cannot start it yet; the command is shown, so that you can.`,
  )
}
