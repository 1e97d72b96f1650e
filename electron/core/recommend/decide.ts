import type { Decision, SpeedEstimate } from '../../contract/decision'
import { draftFor } from './draft'
import { groundsOf, matrixEvidence, ofEngine, ofMachine, type Said } from './evidence'
import { measurementOf, calibrationFor } from './calibration'
import { commandFor } from './command'
import { describeWithImages } from './projector-memory'
import { downloadBytes, missingFor } from './missing'
import type { Option } from './options'
import { conversationsHeld } from './placement'
import { runsKnown } from './published-runs'
import { qualityOf } from './quality'
import { buildFacts, planFacts, type Candidate } from './rank'
import type { RecommendInput } from './recommend.types'
import type { Rule } from './rules'
import { patienceFor } from './patience'
import { imagesSaid } from './images-said'
import { pointsOf, scoreEngine, type Tie } from './score'
import type { Contender } from './situation'
import { estimateSpeed } from './speed'
import { fill, tokens, type Words } from './texts'
import { threadsOf } from './threads'
import { wordsFor } from './words'

export type DecideContext = {
  input: RecommendInput
  contenders: readonly Contender[]
  options: readonly Option[]
  /** What put this candidate before the next one when the rules left them level. */
  tie?: Tie
}

/** True of nearly every decision, so it stands behind what sets one apart. */
const saidLast = 'quantisation-costs'

/** Everything a person sees of one candidate. `rank` and `changesIf` are filled in by the caller. */
export function decide(context: DecideContext, candidate: Candidate): Decision {
  const { input } = context
  const { machine, need } = input
  const { runtime, choice, build, verdict } = candidate
  const { option } = choice
  const draft = draftFor(input, candidate)
  const missing = missingFor(input, runtime, { build, option, draft })
  const { quality, utility } = choice
  const ofPlan = planFacts(choice, { quality, utility }, missing.length === 0)
  const gaps = { 'plan.qualityGap': candidate.facts['plan.qualityGap'] ?? 0, 'plan.worthGap': candidate.facts['plan.worthGap'] ?? 0 }
  const facts = { ...candidate.facts, ...ofPlan, ...buildFacts(build), ...gaps, 'plan.tie': context.tie ?? 'none' }
  const { fired } = scoreEngine(runtime, need, facts)
  const words = wordsFor({ machine, need, contender: candidate, contenders: context.contenders, choice })
  const said = (part: 'warns' | 'givesUp', last: boolean) =>
    fired.flatMap<Said>(rule =>
      rule[part] === undefined || (rule.id === saidLast) !== last ? [] : [{ text: fill(rule[part], words), evidence: rule.evidence }],
    )
  const speed = speedOf(context, candidate)
  const patience = patienceFor(need, choice.contextTokens, speed)
  const warnings = [
    ...said('warns', false),
    ...patience,
    ...cutWarning(candidate),
    ...sharedWarning(candidate),
    ...imagesSaid(need, choice),
    ...ofMachine(runtime, verdict.notes),
  ]
  const givesUp = onceEach([...said('givesUp', false), ...ofEngine(runtime), ...said('givesUp', true)])
  return {
    rank: 0,
    runtime: runtime.id,
    runtimeTitle: runtime.title,
    build: build.build?.id ?? null,
    buildTitle: build.title,
    model: option.model,
    modelTitle: option.title,
    artifact: option.artifact,
    libraryId: option.library?.id ?? null,
    engineTest: option.engineTest,
    contextTokens: choice.contextTokens,
    slots: choice.slots,
    ...forTheStart(choice),
    startable: { now: missing.length === 0, missing },
    command: (need.must.includes('speculative') ? draft?.command : null) ?? commandFor(machine, runtime, { choice }),
    memory: describeWithImages(choice.placementInput, choice.placement, choice.seeing),
    speed,
    headline: headlineOf(candidate),
    reasons: fired.filter(rule => favours(rule, candidate, need)).map(rule => reasonOf(rule, candidate, words)),
    warnings: warnings.map(each => each.text),
    givesUp: givesUp.map(each => each.text),
    grounds: groundsOf([...warnings, ...givesUp]),
    points: candidate.score.points,
    quality: qualityOf(modelOf(input, option), need.task, option.loss),
    draft,
    changesIf: [],
    downloadBytes: downloadBytes(missing),
  }
}

/** What a start has to be told for the memory to be what it was reckoned with. */
const forTheStart = ({ placementInput, placement, leftOut }: Candidate['choice']) => ({
  ...(placementInput.kvQuantisation !== 'f16' && { kvQuantisation: placementInput.kvQuantisation }),
  ...(placement.tensorParallel > 1 && { tensorParallel: placement.tensorParallel }),
  ...(placementInput.gpuLayers != null && { gpuLayers: placementInput.gpuLayers }),
  ...(leftOut && { images: false as const }),
})

/** An engine may say of itself what a rule says of the plan. */
const onceEach = (said: readonly Said[]) => said.filter(({ text }, index) => said.findIndex(each => each.text === text) === index)

const favours = (rule: Rule, { runtime }: Candidate, need: RecommendInput['need']) =>
  rule.because !== undefined && (rule.effect.kind === 'say' || pointsOf(rule, runtime, need) > 0)

function reasonOf(rule: Rule, candidate: Candidate, words: Words): Decision['reasons'][number] {
  const matrix = rule.effect.kind === 'tier' ? matrixEvidence(candidate.runtime, rule.effect.dimension) : []
  return { rule: rule.id, text: fill(rule.because ?? '', words), evidence: [...rule.evidence, ...matrix] }
}

function headlineOf({ runtime, choice }: Candidate): string {
  const { option, contextTokens, slots } = choice
  const each = slots > 1 ? ` for each of ${slots} at once` : ''
  const model = option.engineTest ? `the ${option.title.toLowerCase()}` : `${option.title} ${option.artifact}`
  return `${runtime.title} with ${model}, ${tokens(contextTokens)} of context${each}`
}

const cutWarning = ({ choice }: Candidate): Said[] =>
  choice.contextCut
    ? [
        {
          text: `A longer context than ${tokens(choice.contextTokens)} tokens does not fit beside this model.`,
          evidence: [{ kind: 'formula', text: 'Weights, cache and buffers against the memory of the machine.', source: null }],
        },
      ]
    : []

/** Said where the cache cannot hold everybody's context to its end. */
function sharedWarning({ choice }: Candidate): Said[] {
  const held = conversationsHeld(choice.placementInput, choice.placement)
  if (held === null || held >= choice.slots) return []
  return [
    {
      text: `The cache holds ${held} of the ${choice.slots} conversations at the full ${tokens(choice.contextTokens)} tokens; shorter ones share it, and when it is full some wait.`,
      evidence: [
        { kind: 'formula', text: 'What weights and buffers leave of the reserved share, over the cache of one context.', source: null },
      ],
    },
  ]
}

const modelOf = (input: RecommendInput, { model }: Option) => input.catalogue.find(each => each.id === model) ?? null

function speedOf({ input, options }: DecideContext, { runtime, choice, build }: Candidate): SpeedEstimate {
  const { machine, need } = input
  const { placement, backend, slots, contextTokens, option } = choice
  const { flashAttention = true } = choice.placementInput
  const runs = runsKnown(placement, input)
  const speed = estimateSpeed({
    ...{ machine, placement, backend, slots, contextTokens, model: option.size, facts: runtime.facts, users: need.users, task: need.task },
    ...{ flashAttention, threads: threadsOf(machine) },
    measured: measurementOf(input, build.build?.id ?? null, option),
    calibration: calibrationFor(input, runtime, { options, backend, bytes: option.size.weightsBytes }),
  })
  return runs ? { ...speed, runs } : speed
}
