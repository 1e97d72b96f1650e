import { Failure } from '../../contract/failure'
import type { StartRequest } from '../../contract/instance'
import type { Build } from '../../contract/runtime'
import type { JobControl } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import { engineTestFor, formOf, isEngineTest } from './engine-test'
import { toldAs } from './provide-build'
import type { StackDeps, Trial } from './stack.types'
import { tryBuild } from './trial'

type Means = { build: Build; request: StartRequest; job: JobControl }

/**
 * A build that was never seen to infer here is tried on the engine test before big weights are touched.
 * @throws Failure `did-not-start` when it answers wrongly, or a build for single files does not load it.
 */
export async function testEngine(deps: StackDeps, runtime: Runtime, { build, request, job }: Means): Promise<void> {
  const step = job.step('canary')
  step.start('whether this build was tried before is looked up')
  const needless = await needlessTest(deps, runtime, { build, request })
  if (needless !== null) {
    step.skip(needless)
    return
  }
  const trial = await attempted(deps, runtime, { build, request, job })
  if (trial instanceof Failure) {
    job.log(`engine test: ${trial.message}`)
    step.skip(`${build.title} did not load the engine test, so that nothing is known of its answers: ${trial.message}`)
    return
  }
  const golden = trial?.proof.golden ?? null
  if (!golden || golden.right < golden.asked) throw new Failure('did-not-start', wrongAnswers(build, golden, trial?.proof.why ?? []))
  deps.buildProofs.set(build.id, { asked: golden.asked, right: golden.right, at: deps.clock.wall() })
  step.done(`${golden.right} of ${golden.asked} known questions answered`)
}

/**
 * Engines of folders choose the models that they take by architecture and sizes, and so small a one is beneath some: what they
 * do not load there says nothing of the model that was asked for. One that takes single files takes this one.
 */
async function attempted(deps: StackDeps, runtime: Runtime, { build, request, job }: Means): Promise<Trial | Failure | null> {
  const onStage = toldAs(job.step('canary'))
  try {
    return await tryBuild(deps, runtime, { build, signal: job.signal, gpuLayers: request.gpuLayers, onStage })
  } catch (error) {
    job.signal.throwIfAborted()
    if (formOf(runtime) === 'folder' && error instanceof Failure) return error
    throw error
  }
}

/** Why this build needs no test before this start; null when it does. */
async function needlessTest(deps: StackDeps, runtime: Runtime, { build, request }: Omit<Means, 'job'>): Promise<string | null> {
  if (isEngineTest(request.model)) return 'what starts is the engine test itself'
  if (build.origin === 'running') return 'this server runs already and is used as it is'
  const known = deps.buildProofs.get(build.id)
  if (known) return `${build.title} answered ${known.right} of ${known.asked} known questions before`
  if ((await engineTestFor(deps, runtime)) !== null) return null
  return formOf(runtime) === null ? `${runtime.title} loads no model by itself` : 'the engine test is not here in a form that it loads'
}

const wrongAnswers = (build: Build, golden: { asked: number; right: number } | null, why: readonly string[]) =>
  golden
    ? `${build.title} answered only ${golden.right} of ${golden.asked} known questions: it does not infer correctly on this machine.`
    : `${build.title} could not finish the engine test. ${why.join(' ')}`.trim()
