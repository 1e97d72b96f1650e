import { startRequestSchema, type Instance, type StartRequest } from '../../contract/instance'
import type { LibraryModel } from '../../contract/model'
import type { Runtime } from '../runtimes/runtime'
import { ask } from './ask'
import { engineTestFor, formOf } from './engine-test'
import { canonicalOnly } from './golden'
import { makeSpec } from './make-spec'
import { prove } from './prove'
import type { StackDeps, Trial, TrialInput } from './stack.types'
import { startCancellable } from './start-cancellable'

/** Questions that a model in place of the engine test is asked, and tokens of each answer: enough to see one that goes astray. */
const standInQuestions = 8
const standInTokens = 24

type Trying<Result> = {
  input: TrialInput
  model: LibraryModel
  settings?: StartRequest['settings']
  look(instance: Instance, startMs: number): Promise<Result>
}

/**
 * Starts a model on a build, hidden from the gateway's names, looks at it, and stops it. One that could not start stays on the
 * list: its autopsy says why. @throws Failure of the start.
 */
async function withTrial<Result>(deps: StackDeps, runtime: Runtime, { input, model, settings, look }: Trying<Result>): Promise<Result> {
  const { build, signal, gpuLayers, onStage } = input
  const request: StartRequest = startRequestSchema.parse({ runtime: runtime.id, build: build.id, model: model.id, gpuLayers, settings })
  onStage?.({ text: `${build.title} is asked for its options` })
  const spec = await makeSpec(deps, runtime, { build, model, request, signal })
  const key = `engine-test ${build.id}`
  try {
    const began = performance.now()
    onStage?.({ text: `${model.title} is loaded by ${build.title}` })
    const named = (stage: Parameters<NonNullable<typeof onStage>>[0]) => onStage?.({ ...stage, text: `${build.title}: ${stage.text}` })
    const instance = await startCancellable(deps, { ...spec, key, route: `${model.id}#engine-test` }, { signal, onStage: named })
    return await look(instance, performance.now() - began)
  } finally {
    const tested = deps.supervisor.find(key)
    if (tested) await deps.supervisor.stop(tested.id)
    if (tested && deps.supervisor.get(tested.id)?.state.kind === 'stopped') deps.supervisor.remove(tested.id)
  }
}

const provedBy = (deps: StackDeps, { launch }: Runtime, { input, golden }: { input: TrialInput; golden: StackDeps['golden'] }) => {
  const { onStage, signal } = input
  const onAnswer = (done: number, total: number) =>
    onStage?.({ text: `${input.build.title} answers questions whose answers are known`, done, total, unit: 'steps' })
  return async (instance: Instance, startMs: number): Promise<Trial> => ({
    startMs,
    proof: await prove(instance, { ...deps, golden, launch, onAnswer }, signal),
  })
}

/** Asks a build the known questions; null when the engine test is not here in a form that it loads. */
export async function tryBuild(deps: StackDeps, runtime: Runtime, input: TrialInput): Promise<Trial | null> {
  const model = await engineTestFor(deps, runtime)
  if (!model) return null
  // Our own engine was asked everything when it was built; a stranger is asked everything here, once.
  const golden = input.build.origin === 'bundled' ? canonicalOnly(deps.golden) : deps.golden
  const settings = runtime.launch?.engineTest?.settings ?? {}
  return withTrial(deps, runtime, { input, model, settings, look: provedBy(deps, runtime, { input, golden }) })
}

/** The same with all known questions and the usual settings, whoever made the build; or on a model in its place. */
export async function measureBuild(deps: StackDeps, runtime: Runtime, input: TrialInput): Promise<Trial | null> {
  if (input.standIn) return measureStandIn(deps, runtime, { input, id: input.standIn })
  const model = await engineTestFor(deps, runtime)
  if (!model) return null
  const trial = await withTrial(deps, runtime, { input, model, look: provedBy(deps, runtime, { input, golden: deps.golden }) })
  const { golden, at } = trial.proof
  if (golden && golden.right === golden.asked) deps.buildProofs.set(input.build.id, { ...golden, at })
  return trial
}

async function measureStandIn(deps: StackDeps, runtime: Runtime, { input, id }: { input: TrialInput; id: string }): Promise<Trial | null> {
  const model = deps.library.byId(id)
  if (!model) return null
  const prove = provedBy(deps, runtime, { input, golden: deps.golden })
  return withTrial(deps, runtime, {
    input,
    model,
    async look(instance, startMs) {
      const answers = await answersOf(deps, instance, input)
      return { ...(await prove(instance, startMs)), standIn: { model: model.id, title: model.title, answers } }
    },
  })
}

/** Greedy answers to the first known questions: what they say is compared, not whether it is right. */
async function answersOf(deps: StackDeps, instance: Instance, { signal, onStage, build }: TrialInput): Promise<string[]> {
  const upstream = deps.supervisor.upstream(instance.id)
  if (!upstream) return []
  const answers: string[] = []
  const questions = canonicalOnly(deps.golden).slice(0, standInQuestions)
  for (const { question } of questions) {
    onStage?.({ text: `${build.title} answers a few questions`, done: answers.length, total: questions.length, unit: 'steps' })
    answers.push((await ask(upstream, { prompt: question, maxTokens: standInTokens, signal }, deps)).text)
  }
  return answers
}

/** The smallest model that is here whole and in a form that this runtime loads; never the engine test. */
export function standInFor({ library }: Pick<StackDeps, 'library'>, runtime: Runtime): { id: string; title: string } | null {
  const form = formOf(runtime)
  const format = form === 'folder' ? 'safetensors' : form
  const fitting = library.list().filter(each => !each.engineTest && each.state === 'ready' && each.facts?.format === format)
  const smallest = fitting.sort((one, other) => one.bytes - other.bytes)[0]
  return smallest ? { id: smallest.id, title: smallest.title } : null
}
