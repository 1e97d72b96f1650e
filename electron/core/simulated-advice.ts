import type { Decision, MemoryEstimate, Recommendation } from '../contract/decision'
import type { SettingValues } from '../contract/runtime'
import type { RecommendInput } from './recommend/recommend.types'
import { withSimulation } from './recommend/simulated-memory'
import type { Simulations } from './simulations'
import type { StackDeps } from './stack/stack.types'

type Deps = { simulations: Simulations | null; savedSettings(runtime: string): SettingValues }
type Start = Parameters<StackDeps['estimate']>[0]

/** A start waits so long for what the engine says; it goes on reckoning for the next one. */
const START_WITHIN_MS = 3_000
/** Decisions that can be started at once and stand first: others are hardly looked at. */
const DECISIONS = 2

const stillReckoning = 'The engine is still reckoning; the formula stands until it has.'
const onlyATest = 'The engine test is too small for it to matter.'

/** The estimate of a start, by the engine itself where it says it in time. */
export async function simulatedStart({ simulations }: Deps, start: Start, memory: MemoryEstimate): Promise<MemoryEstimate> {
  if (!simulations) return memory
  const { runtime, build, model, draft, request, contextTokens, slots } = start
  if (model.engineTest) return withSimulation(memory, { why: onlyATest })
  const { gpuLayers, layers } = memory
  const asked = { runtime, build, model, draft, contextTokens, slots, gpuLayers, layers, kvQuantisation: request.kvQuantisation ?? 'f16' }
  const settings = { settings: request.settings ?? {}, flags: request.flags }
  return withSimulation(memory, (await simulations.of({ ...asked, ...settings }, START_WITHIN_MS)) ?? { why: stillReckoning })
}

/** The first decisions with what the engine said of them; what it has not said yet it is asked behind them, `pending` says so. */
export async function simulatedDecisions(deps: Deps, input: RecommendInput, recommendation: Recommendation): Promise<Recommendation> {
  const now = recommendation.decisions.filter(each => each.startable.now && !each.engineTest).slice(0, DECISIONS)
  const decisions = await Promise.all(
    recommendation.decisions.map(async decision => (now.includes(decision) ? simulatedDecision(deps, input, decision) : decision)),
  )
  return { ...recommendation, decisions }
}

async function simulatedDecision({ simulations, savedSettings }: Deps, input: RecommendInput, decision: Decision): Promise<Decision> {
  const runtime = input.runtimes.find(each => each.id === decision.runtime)
  const build = input.builds.find(each => each.id === decision.build)
  const model = input.library.find(each => each.id === decision.libraryId)
  if (!simulations || !runtime || !build || !model) return decision
  const { contextTokens, slots, memory, kvQuantisation = 'f16' } = decision
  const { gpuLayers, layers } = memory
  const settings = { settings: savedSettings(runtime.id), flags: [] }
  const asked = { runtime, build, model, contextTokens, slots, gpuLayers, layers, kvQuantisation, ...settings }
  const said = await simulations.of(asked, 0)
  const reckoned = withSimulation(memory, said ?? { why: stillReckoning })
  return {
    ...decision,
    memory: said || !reckoned.simulation ? reckoned : { ...reckoned, simulation: { ...reckoned.simulation, pending: true } },
  }
}
