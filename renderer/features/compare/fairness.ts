import type { Generation, Pane, Turn } from '../../../electron/contract/compare'
import type { Target } from './targets'
import { paneNumbers, sharedDevices } from './order'
import { whole } from '../../ui/format'

/** One thing that makes the answers of a turn comparable, or does not. */
export interface FairnessFact {
  tone: 'ok' | 'warn'
  text: string
}

export interface FairnessInput {
  turn: Turn
  /** Turns before this one: each pane's own answers are part of its prompt then. */
  earlierTurns: number
  panes: readonly Pane[]
  targets: readonly Target[]
  /** Weights of a model by its library id; null when no header said so. */
  parametersOf: (model: string) => number | null
}

/** What is the same for all panes of a turn and what is not: from what was asked and measured, nothing is assumed. */
export function fairnessOf(input: FairnessInput): FairnessFact[] {
  const answers = numbered(input)
  if (answers.length < 2) return []
  return [
    promptFact(answers, input.earlierTurns),
    ...modelFacts(answers, input),
    parameterFact(answers),
    warmFact(answers),
    aloneFact(input),
  ].filter(fact => fact !== null)
}

interface Answer {
  number: number
  generation: Generation
  pane: Pane
  target: Target | null
}

function numbered({ turn, panes, targets }: FairnessInput): Answer[] {
  return panes.flatMap((pane, index) => {
    const generation = turn.generations.find(each => each.paneId === pane.id)
    if (!generation) return []
    const target = targets.find(each => each.instance.id === generation.instanceId) ?? null
    return [{ number: index + 1, generation, pane, target }]
  })
}

function promptFact(answers: readonly Answer[], earlierTurns: number): FairnessFact {
  const counts = answers.flatMap(({ generation }) => generation.stats.promptTokens ?? [])
  const [low, high] = [Math.min(...counts), Math.max(...counts)]
  if (counts.length === 0) return { tone: 'ok', text: 'same prompt' }
  if (low === high) return { tone: 'ok', text: `same prompt, ${whole(low)} tokens` }
  const cause = earlierTurns > 0 ? 'with their own earlier answers' : 'by template and tokeniser'
  return { tone: 'ok', text: `same prompt, ${whole(low)} to ${whole(high)} tokens ${cause}` }
}

function modelFacts(answers: readonly Answer[], { parametersOf }: FairnessInput): FairnessFact[] {
  const known = answers.flatMap(answer => (answer.target ? [{ ...answer, model: answer.target.instance.model }] : []))
  const tests = known.filter(each => each.target?.instance.engineTest)
  if (tests.length > 0 && tests.length < answers.length) {
    const are = tests.length === 1 ? 'is an engine test' : 'are engine tests'
    return [{ tone: 'warn', text: `${paneNumbers(tests.map(each => each.number))} ${are}: the speed is not that of a model` }]
  }
  const models = new Set(known.map(each => each.model))
  if (known.length === answers.length && models.size === 1) return [{ tone: 'ok', text: 'same model' }]
  const sizes = known.map(each => ({ number: each.number, parameters: parametersOf(each.model) ?? 0 }))
  const largest = Math.max(...sizes.map(each => each.parameters))
  const smaller = sizes.filter(each => each.parameters > 0 && each.parameters * 1.5 < largest).map(each => each.number)
  if (smaller.length === 0) return []
  return [{ tone: 'warn', text: `${paneNumbers(smaller)} ${smaller.length === 1 ? 'is a smaller model' : 'are smaller models'}` }]
}

function parameterFact(answers: readonly Answer[]): FairnessFact {
  const [first, ...others] = answers
  const usual = JSON.stringify(first?.pane.sampling)
  const different = others.filter(each => JSON.stringify(each.pane.sampling) !== usual).map(each => each.number)
  if (different.length === 0) return { tone: 'ok', text: 'same parameters' }
  return { tone: 'warn', text: `${paneNumbers(different)} ${different.length === 1 ? 'has' : 'have'} other parameters than pane 1` }
}

/** An instance has answered before when its proof measured it; the first answer after a load pays for caches that are still cold. */
function warmFact(answers: readonly Answer[]): FairnessFact | null {
  const known = answers.flatMap(answer => (answer.target ? [answer] : []))
  const cold = known.filter(each => !isWarm(each)).map(each => each.number)
  if (cold.length > 0) return { tone: 'warn', text: `${paneNumbers(cold)} not warm: nothing was measured before` }
  return known.length === answers.length ? { tone: 'ok', text: 'all warm' } : null
}

function isWarm({ target }: Answer): boolean {
  return target?.instance.adopted === true || typeof target?.instance.proof?.decodeTokensPerSecond === 'number'
}

function aloneFact({ turn, panes, targets }: FairnessInput): FairnessFact {
  if (turn.mode === 'one-after-another') return { tone: 'ok', text: 'alone on the device' }
  const shared = sharedDevices(panes, targets)
  const [first] = shared
  if (!first) return { tone: 'ok', text: 'alone on the device' }
  return { tone: 'warn', text: shared.map(each => `${paneNumbers(each.panes)} shared the ${each.device}`).join('; ') }
}
