import { Failure } from '../../contract/failure'
import type { Instance, Proof, StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'
import type { JobControl, JobPlan } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import type { StartSpec } from '../supervisor/supervisor.types'
import { firstTokenAfter } from '../recommend/first-token'
import type { Foretold } from '../store/measurements'
import { belowFloor } from '../builds/security-floor'
import { engineTestFor, isEngineTest } from './engine-test'
import { canonicalOnly } from './golden'
import { makeSpec } from './make-spec'
import { prove } from './prove'
import { provideBuild, toldAs } from './provide-build'
import { provideDraft, type Drafting } from './provide-draft'
import { provideModel } from './provide-model'
import { startKey } from './resolve'
import type { StackDeps, TellStage } from './stack.types'
import { startCancellable } from './start-cancellable'
import { testEngine } from './test-engine'

const startSteps: JobPlan['steps'] = [
  { id: 'install', title: 'Install' },
  { id: 'canary', title: 'Engine test' },
  { id: 'download', title: 'Download' },
  { id: 'load', title: 'Load' },
  { id: 'proof', title: 'Proof' },
]
const draftStep = { id: 'draft', title: 'Draft model' }

/** A start with a draft model has one step more, before the load. */
export const stepsOf = ({ draft }: Pick<StartRequest, 'draft'>): JobPlan['steps'] =>
  draft ? startSteps.flatMap(step => (step.id === 'load' ? [draftStep, step] : [step])) : startSteps

/** One start from nothing to a measured instance; each step says what it did or why there was nothing to do. */
export async function runSequence(deps: StackDeps, asked: StartRequest, job: JobControl): Promise<Instance> {
  const runtime = deps.runtimes.find(each => each.id === asked.runtime)
  if (!runtime) throw new Failure('not-found', `There is no runtime named ${asked.runtime}.`)
  // Before anything of ours computes: what others take now is taken from the measurement too.
  const { cpu } = await deps.machine()
  const busy = deps.load() > (cpu.logicalCores ?? Number.POSITIVE_INFINITY)
  const request = { ...asked, settings: { ...deps.savedSettings(asked.runtime), ...asked.settings } }
  const build = await provideBuild(deps, runtime, { request, job })
  job.log(`install: ${build.id}${build.path === null ? '' : ` at ${build.path}`}`)
  await testEngine(deps, runtime, { build, request, job })
  const model = await provideWeights(deps, runtime, { request, job })
  job.log(`download: ${model.id}, ${model.bytes} bytes${model.sha256 === null ? '' : `, sha256 ${model.sha256}`}`)
  const drafting = await provideDraft(deps, runtime, { build, model, request, job })
  const instance = await load(deps, runtime, { build, model, drafting, request, job })
  job.log(`load: ${instance.id}, process ${instance.pid ?? 'not ours'}, ${instance.threads ?? 'unknown'} threads, route ${instance.route}`)
  const proof = await proveLoad(deps, runtime, { instance, job })
  job.log(`proof: ${[proof.placement.text, ...proof.why].join('; ')}`)
  remember(deps, instance, { proof, model, busy, cpu })
  job.step('proof').done(proof.placement.text)
  return deps.supervisor.get(instance.id) ?? instance
}

type Means = { request: StartRequest; job: JobControl }

/** The engine test comes in the form that the runtime loads; any other model by its name. */
async function provideWeights(deps: StackDeps, runtime: Runtime, { request, job }: Means): Promise<LibraryModel> {
  const test = isEngineTest(request.model) ? await engineTestFor(deps, runtime) : null
  if (!test || test.facts?.format === 'gguf' || test.facts === null) return provideModel(deps, job, { id: request.model, step: 'download' })
  job.step('download').skip(`${test.title} is here`)
  return test
}

async function proveLoad(deps: StackDeps, runtime: Runtime, { instance, job }: { instance: Instance; job: JobControl }) {
  const text = 'speed, memory and place are measured'
  const tell = toldAs(job.step('proof'))
  tell({ text })
  const onAnswer = (done: number, total: number) => tell({ text, done, total, unit: 'steps' })
  const means = { ...deps, golden: canonicalOnly(deps.golden), launch: runtime.launch, onAnswer }
  const proof = withExpected(await prove(instance, means, job.signal), instance.speedEstimate)
  deps.supervisor.setProof(instance.id, proof)
  return proof
}

/** Only after it is known how long its prompt was, what was promised can be said of it. */
const withExpected = (proof: Proof, speed: Instance['speedEstimate']): Proof => ({
  ...proof,
  ttftExpectedMs: speed && proof.promptTokens != null ? firstTokenAfter(speed, proof.promptTokens) : null,
})

async function load(
  deps: StackDeps,
  runtime: Runtime,
  { build, model, drafting, request, job }: Means & { build: Build; model: LibraryModel; drafting: Drafting },
): Promise<Instance> {
  const step = job.step('load')
  step.start(`${build.title} is asked for its options, and the memory is counted`)
  const { spec, note, draft } = await specOf(deps, runtime, { build, model, drafting, request, job })
  if (spec.estimate && !spec.estimate.fits && !request.insist) throw new Failure('does-not-fit', doesNotFit(model, spec.estimate))
  const what = `${model.title}${draft ? ` with ${draft.title}` : ''} on ${build.title}`
  step.start(what)
  const onStage: TellStage = stage => toldAs(step)({ ...stage, text: `${what}: ${stage.text}` })
  const instance = await startCancellable(deps, { ...spec, key: startKey(request, build, model) }, { signal: job.signal, onStage })
  for (const each of [...(note === null ? [] : [note]), ...notesOf(deps, runtime, { build, instance, model, request })])
    deps.supervisor.notice(instance.id, each)
  step.done(`ready as ${instance.route}`)
  return instance
}

/** A draft that leaves too little memory is left out rather than stopping the start. */
async function specOf(
  deps: StackDeps,
  runtime: Runtime,
  { build, model, drafting, request, job }: Means & { build: Build; model: LibraryModel; drafting: Drafting },
): Promise<Drafting & { spec: StartSpec }> {
  const { signal } = job
  const spec = await makeSpec(deps, runtime, { build, model, request, draft: drafting.draft, signal })
  if (!drafting.draft || !spec.estimate || spec.estimate.fits || request.insist) return { spec, ...drafting }
  const note = `It runs without its draft model: with ${drafting.draft.title} the memory would not do.`
  return { spec: await makeSpec(deps, runtime, { build, model, request, signal }), draft: null, note }
}

/** What the person should know of this start: settings that were left out, and a build with a known hole. */
function notesOf(deps: StackDeps, runtime: Runtime, { build, instance, model, request }: Noted): string[] {
  const below = belowFloor(runtime, build)
  const blind = model.projector?.why ?? null
  return [
    ...(deps.supervisor.attempt(instance.id)?.plan.notes ?? []),
    ...(below === null ? [] : [below]),
    ...(blind === null ? [] : [`${blind}. Models fetches it.`]),
    ...(request.images === false && model.projector?.path != null ? [leftOut] : []),
  ]
}

type Noted = { build: Build; instance: Instance; model: LibraryModel; request: StartRequest }

const leftOut = 'It answers text only: what reads images was left out, as the plan had no room for it.'

function doesNotFit(model: LibraryModel, { devices }: NonNullable<Instance['estimate']>): string {
  const worst = devices.reduce((least, each) => (each.freeMiB < least.freeMiB ? each : least))
  const needed = worst.weightsMiB + worst.kvMiB + worst.computeMiB + worst.overheadMiB + (worst.projectorMiB ?? 0)
  return `${model.title} needs about ${Math.round(needed)} MiB of ${worst.name}, and ${Math.round(worst.totalMiB - worst.othersMiB)} of ${Math.round(worst.totalMiB)} MiB are free.`
}

type Proved = { proof: NonNullable<Instance['proof']>; model: LibraryModel; busy: boolean; cpu: Machine['cpu'] }

function remember(deps: StackDeps, instance: Instance, { proof, model, busy, cpu }: Proved) {
  // The engine test is too short for a speed, and answers all the same.
  if (proof.golden && proof.golden.right === proof.golden.asked) deps.buildProofs.set(instance.build, { ...proof.golden, at: proof.at })
  // What a draft brings is not the speed of the model: the next estimate would be wrong.
  if (proof.decodeTokensPerSecond === null || proof.draft) return
  const measured = {
    runtime: instance.runtime,
    build: instance.build,
    model: model.catalogueId ?? model.id,
    artifact: model.artifactId ?? model.facts?.quantisation ?? '',
    tokensPerSecond: proof.decodeTokensPerSecond,
    ttftMs: proof.ttftMs,
    promptTokens: proof.promptTokens ?? null,
    memoryMiB: proof.memoryMiB,
    contextTokens: proof.contextTokens,
    threads: proof.threads,
    at: proof.at,
  }
  deps.measurements.add(measured, foretoldOf(instance, { proof, model, busy, cpu }))
}

const foretoldOf = ({ speedEstimate, estimate }: Instance, { proof, model, busy, cpu }: Proved): Foretold => ({
  range: speedEstimate?.oneUser ?? null,
  ttft: proof.ttftExpectedMs ?? null,
  ownRun: speedEstimate?.basis === 'measured',
  engineTest: model.engineTest,
  busy,
  device: estimate === null ? null : devicesIn(estimate, cpu),
})

/** What computes, by the names that the machine gives: what lies in main memory is computed by the processor. */
function devicesIn({ devices }: NonNullable<Instance['estimate']>, cpu: Machine['cpu']): string {
  const used = devices.filter(each => each.weightsMiB > 0 || each.kvMiB > 0)
  return used.map(each => (each.id === 'ram' ? (cpu.model ?? 'CPU') : each.name)).join(' + ')
}
