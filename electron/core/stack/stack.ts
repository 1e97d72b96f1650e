import { Failure } from '../../contract/failure'
import { startRequestSchema, type StartRequest } from '../../contract/instance'
import type { Decision } from '../../contract/decision'
import { attach } from './attach'
import { engineTestFor } from './engine-test'
import { runSequence, stepsOf } from './sequence'
import type { Stack, StackDeps, Wish } from './stack.types'
import { measureBuild, standInFor } from './trial'

/** Brings a recommended or chosen stack to life: one job from install to proof. */
export function createStack(deps: StackDeps): Stack {
  const titleOf = (request: StartRequest) =>
    `Start ${request.model} on ${deps.runtimes.find(each => each.id === request.runtime)?.title ?? request.runtime}`

  const start: Stack['start'] = request =>
    deps.jobs.run(
      { kind: 'start', title: titleOf(request), steps: stepsOf(request) },
      async job => (await runSequence(deps, request, job)).id,
    )

  return {
    start,
    choose: wish => choose(deps, wish),
    restart(id, request) {
      const instance = deps.supervisor.get(id)
      if (!instance) throw new Failure('not-found', `There is no instance named ${id}.`)
      const next = request ?? instance.request
      if (!next) throw new Failure('bad-input', `${id} is attached, not started by Roundhouse: it cannot be restarted from here.`)
      return deps.jobs.run({ kind: 'start', title: `Restart ${instance.modelTitle}`, steps: stepsOf(next) }, async job => {
        // A server that was attached has no build to start it from: it is asked again, and its route comes back.
        if (instance.adopted && !(await deps.builds()).some(each => each.id === instance.build)) {
          job.step('load').start(`${instance.buildTitle} is asked again`)
          return (await deps.supervisor.restart(id)).id
        }
        await deps.supervisor.stop(id)
        deps.supervisor.remove(id)
        return (await runSequence(deps, next, job)).id
      })
    },
    attach: server => attach(deps, server),
    measure: (runtime, input) => measureBuild(deps, runtime, input),
    standIn: runtime => standInFor(deps, runtime),
  }
}

/** The named model on the named runtime, or for what is left open the best decision that can be started at once. */
async function choose(deps: StackDeps, wish: Wish): Promise<StartRequest> {
  const { build, runtime } = await meant(deps, wish.runtime)
  const model = namedModel(deps, wish.model)
  const able = runtime ?? (model === null ? null : await firstAble(deps))
  if (model !== null && able !== null) return requestFor({ runtime: able, build, model }, wish)
  const { decisions } = await deps.recommend({ model: wish.model })
  const fitting = decisions.filter(each => runtime === null || each.runtime === runtime)
  const decision = fitting.find(each => each.startable.now) ?? fitting.find(isWithinReach)
  if (decision) {
    const chosen = decision.libraryId ?? `${decision.model}:${decision.artifact}`
    const draft = decision.draft ? `${decision.draft.model}:${decision.draft.artifact}` : null
    const { kvQuantisation = null } = decision
    return requestFor({ runtime: decision.runtime, build: build ?? decision.build, model: model ?? chosen, draft, kvQuantisation }, wish)
  }
  return await onNamed(deps, wish, { runtime, build })
}

/** Why nothing can be started for a wish: what keeps the runtime that was named from running here, where that is it. */
async function nothingFor(deps: StackDeps, { model }: Wish, runtime: string | null): Promise<Failure> {
  const named = deps.runtimes.find(each => each.id === runtime)
  const verdict = named?.judge(await deps.machine())
  if (named && verdict && !verdict.can) return new Failure('not-available-here', `${named.title} cannot run here: ${verdict.why}`)
  const what = model === null ? 'Nothing' : `Nothing named ${model}`
  return new Failure('not-available-here', `${what} can be started on this machine now.`)
}

/** @throws Failure `not-available-here` when nothing is here that a runtime named in the wish loads. */
async function onNamed(deps: StackDeps, wish: Wish, { runtime, build }: Awaited<ReturnType<typeof meant>>): Promise<StartRequest> {
  const model = runtime !== null && wish.model === null ? await ownModelFor(deps, runtime) : null
  if (runtime !== null && model !== null) return requestFor({ runtime, build, model }, wish)
  throw await nothingFor(deps, wish, runtime)
}

/** What a named runtime is started with although nothing is recommended on it: the smallest model here that it loads, else the engine test. */
async function ownModelFor(deps: StackDeps, id: string): Promise<string | null> {
  const runtime = deps.runtimes.find(each => each.id === id)
  if (!runtime?.launch || !runtime.judge(await deps.machine()).can) return null
  return standInFor(deps, runtime)?.id ?? (await engineTestFor(deps, runtime))?.id ?? null
}

/** The id of a model that is here or in the catalogue; null for other words, which the recommender may understand. */
const namedModel = (deps: StackDeps, word: string | null): string | null =>
  word === null ? null : (deps.library.resolve(word)?.id ?? (deps.knows(word) ? word : null))

/** A runtime that has a build here and starts what the library holds. */
async function firstAble(deps: StackDeps): Promise<string | null> {
  const builds = await deps.builds()
  const able = deps.runtimes.filter(each => each.launch && each.facts.formats.includes('gguf'))
  return able.find(each => builds.some(build => build.runtime === each.id))?.id ?? null
}

/** The runtime and build that a word means: a runtime's id, a build's id, or the kind of a build. */
async function meant(deps: StackDeps, word: string | null): Promise<{ runtime: string | null; build: string | null }> {
  if (word === null) return { runtime: null, build: null }
  if (deps.runtimes.some(each => each.id === word)) return { runtime: word, build: null }
  const build = (await deps.builds()).find(each => each.id === word || each.kind === word)
  if (build) return { runtime: build.runtime, build: build.id }
  const offer = (await deps.offers()).find(each => each.id === word || each.id.split('/')[1] === word)
  if (offer?.why === null) return { runtime: offer.runtime, build: offer.id }
  const kind = deps.runtimes.find(each => each.builds.some(it => it.kind === word))
  if (kind)
    throw new Failure('not-installed', `${kind.title} has a build named ${word}, but it is not installed${offer ? `: ${offer.why}` : '.'}`)
  throw new Failure('not-found', `There is no runtime named ${word}.`)
}

const isWithinReach = (decision: Decision) => decision.startable.missing.every(each => each.kind === 'model' || each.kind === 'build')

type Chosen = {
  runtime: string
  build: string | null
  model: string
  draft?: string | null
  kvQuantisation?: StartRequest['kvQuantisation']
}

const requestFor = (chosen: Chosen, { contextTokens }: Wish) => startRequestSchema.parse({ ...chosen, contextTokens })
