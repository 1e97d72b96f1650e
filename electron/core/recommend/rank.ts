import type { Recommendation } from '../../contract/decision'
import { bestBuild, type BuildChoice } from './builds'
import { calibrationFor } from './calibration'
import { choose, type Choice } from './choose'
import type { Facts } from './conditions'
import type { Option, Pool } from './options'
import type { Placement } from './placement'
import { speaks } from './quality'
import type { RecommendInput } from './recommend.types'
import type { Runtime } from '../runtimes/runtime'
import { compareScores, scoreEngine, type Score } from './score'
import { engineFacts, situationFacts, type Contender } from './situation'
import { fill } from './texts'
import { wordsFor } from './words'

/** One engine with the build, model and settings it would run here, and what the rules say about it. */
export type Candidate = Contender & { build: BuildChoice; choice: Choice; score: Score; facts: Facts }

export type Ranking = { candidates: readonly Candidate[]; contenders: readonly Contender[]; rejected: Recommendation['rejected'] }

type Rejected = Recommendation['rejected'][number]

/**
 * Best model per engine, then the engines in order. Whatever cannot run, fit or keep a must-have is rejected with the reason.
 * Where the person names an engine it is weighed alone, also where it is not advised.
 */
export function rank(input: RecommendInput, { options, all }: Pool): Ranking {
  const { machine, need } = input
  const rejected: Rejected[] = []
  const reject = ({ runtime }: Pick<Contender, 'runtime'>, why: string) => rejected.push({ runtime: runtime.id, title: runtime.title, why })
  const named = (runtime: Runtime) => need.runtime === runtime.id
  const weighed = need.runtime === undefined ? input.runtimes : input.runtimes.filter(named)
  const able = weighed.flatMap<Contender>(runtime => {
    const verdict = runtime.judge(machine)
    if (!verdict.can) reject({ runtime }, verdict.why)
    else if (verdict.notAdvised !== undefined && !named(runtime)) reject({ runtime }, verdict.notAdvised)
    else return [{ runtime, verdict }]
    return []
  })
  const situation = situationFacts(machine, need)
  const real = options.filter(option => !option.engineTest)
  const withChoice = able.map(each => best(input, each, { real, all }))
  const contenders = withChoice.map(each => each.contender).filter(each => !each.runtime.facts.traits.includes('attach-only'))
  const most: Best = {
    quality: Math.max(0, ...withChoice.map(each => each.choice?.quality ?? 0)),
    utility: Math.max(-1000, ...withChoice.map(each => each.choice?.utility ?? -1000)),
  }
  const candidates: Candidate[] = []
  for (const { contender, build, choice } of withChoice) {
    const chosen = {
      'engine.waits': need.users > (choice?.slots ?? 0),
      ...askedFacts(input, choice),
      ...gapFacts({ contender, choice }, withChoice),
    }
    const facts = { ...situation, ...engineFacts(contender, need, contenders), ...planFacts(choice, most), ...chosen, ...buildFacts(build) }
    const score = scoreEngine(contender.runtime, need, facts)
    if (score.veto)
      reject(contender, fill(score.veto.against ?? 'It is ruled out.', wordsFor({ machine, need, contender, contenders, choice })))
    else if (!choice) reject(contender, whyNothingFits(contender, real))
    else candidates.push({ ...contender, build, choice, score, facts })
  }
  const order = new Map(input.runtimes.map((runtime, index) => [runtime.id, index]))
  candidates.sort((a, b) => compareScores(a, b) || (order.get(a.runtime.id) ?? 0) - (order.get(b.runtime.id) ?? 0))
  return { candidates, contenders, rejected }
}

type Found = { contender: Contender; build: BuildChoice; choice: Choice | null }

/** What a backend of all vendors' cards has to be better by before one vendor's own is given up for it. */
const worthTheDetour = 8

/**
 * The build and the model an engine would run here. Where cards of two vendors are together only Vulkan reaches both, so
 * that is looked at too: it wins when the larger model that then fits is clearly worth more.
 */
function best(input: RecommendInput, able: Contender, options: { real: readonly Option[]; all: readonly Option[] }): Found {
  const own = withBackends(input, able, options)
  const vendors = new Set(input.machine.gpus.filter(gpu => gpu.usable && !gpu.integrated).map(gpu => gpu.vendor))
  const reaches = able.verdict.backends.includes('vulkan') && !able.runtime.facts.traits.includes('one-backend')
  if (vendors.size < 2 || own.build.backend === 'vulkan' || !reaches) return own
  const both = withBackends(input, { ...able, verdict: { ...able.verdict, backends: ['vulkan', 'cpu'] } }, options)
  if (both.build.backend !== 'vulkan' || both.choice === null) return own
  return both.choice.utility > (own.choice?.utility ?? -1000) + worthTheDetour ? both : own
}

function withBackends(input: RecommendInput, able: Contender, { real, all }: { real: readonly Option[]; all: readonly Option[] }): Found {
  const { machine, need } = input
  const { runtime, verdict } = able
  const build = bestBuild(runtime, verdict, input)
  const calibration = calibrationFor(input, runtime, { options: all, backend: build.backend })
  const choice = choose({
    machine,
    need,
    runtime,
    backend: build.backend,
    options: real,
    calibration,
    build: build.build,
    lacks: verdict.lacks,
  })
  return { contender: { ...able, backend: build.backend }, build, choice }
}

/** Points of worth within which plans of engines of one kind are taken to be level. */
const nearlyAlike = 2

/** How far a plan lies behind the best here; a rule that asks for it must not part engines of one kind over a fraction of a point. */
function gapFacts({ contender, choice }: Pick<Found, 'contender' | 'choice'>, all: readonly Found[]): Facts {
  if (!choice) return {}
  const kindOf = (each: Contender) => each.runtime.facts.concurrency.kind
  const most = (found: readonly Found[]) => Math.max(...found.map(each => each.choice?.utility ?? -1000))
  const ofKind = most(all.filter(each => kindOf(each.contender) === kindOf(contender)))
  const level = ofKind - choice.utility <= nearlyAlike ? ofKind : choice.utility
  return { 'plan.worthGap': Math.max(0, most(all) - level) }
}

export type Best = { quality: number; utility: number }

/** Facts about what would be run. `best`: what any engine can reach here. */
export function planFacts(choice: Choice | null, best: Best, now = false): Facts {
  const plan = { 'plan.slots': choice?.slots ?? 0, 'plan.now': now, 'plan.tie': 'none', 'plan.build': 'install' }
  return { ...modelFacts(choice, best), ...placementFacts(choice?.placement), ...plan }
}

/** What was asked of a model, and whether the chosen one can; nothing is claimed of files that the catalogue does not know. */
function askedFacts({ catalogue, need }: RecommendInput, choice: Choice | null): Facts {
  const model = catalogue.find(each => each.id === choice?.option.model)
  const abilities = need.abilities ?? []
  return {
    'model.speaks': speaks(model ?? {}, need.language),
    'model.able': abilities.length > 0 && model !== undefined && abilities.every(each => model.abilities.includes(each)),
  }
}

/** Where the build is that would be used. */
export const buildFacts = ({ build }: BuildChoice): Facts => ({
  'plan.build': build === null ? 'install' : build.origin === 'running' ? 'running' : 'here',
})

const modelFacts = (choice: Choice | null, best: Best): Facts => ({
  'plan.quality': choice?.quality ?? 0,
  'plan.qualityGap': choice ? Math.max(0, best.quality - choice.quality) : 0,
  'plan.worthGap': choice ? Math.max(0, best.utility - choice.utility) : 0,
  'plan.loss': choice?.option.loss ?? 0,
  'plan.format': choice?.option.format ?? 'none',
  'plan.engineTest': choice?.option.engineTest ?? false,
})

const placementFacts = (placement: Placement | undefined): Facts => ({
  'plan.offload': offloadOf(placement),
  'plan.devices': placement?.shares.length ?? 0,
  'plan.inMemory': placement?.shares.some(share => share.device.kind !== 'gpu') ?? false,
  'plan.kv': placement?.kvQuantisation ?? 'f16',
  'plan.tensorParallel': placement?.tensorParallel ?? 1,
})

function offloadOf(placement: Placement | undefined): 'none' | 'part' | 'all' {
  if (placement === undefined || placement.gpuLayers === placement.layers) return 'none'
  return placement.gpuLayers === 0 ? 'all' : 'part'
}

function whyNothingFits({ runtime }: Contender, options: readonly Option[]): string {
  const inFormat = options.filter(option => runtime.facts.formats.includes(option.format))
  if (options.length === 0) return 'No model of that name is known.'
  if (inFormat.length === 0) return `The model is not there in a format that it takes (${runtime.facts.formats.join(', ')}).`
  return 'No model that it could load fits into the memory of this machine with the context and users asked for.'
}
