import type { Decision } from '../../contract/decision'
import type { Machine } from '../../contract/machine'
import type { CatalogueModel } from '../../contract/model'
import { freeMiB, gpuDevices, mainMemory } from './devices'
import type { Evidence, Said } from './evidence'
import { parseModelWords } from './model-words'
import type { Option } from './options'
import type { RecommendInput } from './recommend.types'
import { capacityGb, gb, tokens } from './texts'

export type NotesInput = {
  decisions: readonly Decision[]
  /** Options that the named model left, when nothing of it can be run; null otherwise. */
  named: readonly Option[] | null
  instead: (input: RecommendInput) => Decision | null
}

const fits: Evidence = { kind: 'formula', text: 'Weights, cache and buffers against the memory of the machine.', source: null }
const reach: Evidence = { kind: 'machine', text: 'Which sources answered when they were last asked.', source: null }
const serves: Evidence = { kind: 'rule', text: 'Roundhouse serves models and does not train them.', source: null }
const said = (text: string, evidence: Evidence): Said => ({ text, evidence: [evidence] })

/** What has to be said about the whole answer rather than about one decision. */
export function notesFor(input: RecommendInput, { decisions, named, instead }: NotesInput): Said[] {
  const training =
    input.need.task === 'fine-tuning'
      ? [said('Fine-tuning is done outside the app: train elsewhere, then import the result and serve it here.', serves)]
      : []
  // Why the one engine that was named does not do is said with it.
  if (decisions.length === 0 && input.need.runtime !== undefined) return [...training, ...unknownEngine(input)]
  if (named) return [...training, said(whyNot(input, named), fits), said(insteadNote(instead(input)), fits)]
  if (decisions.length === 0) return [...training, said(tooLong(input) ?? nothingFits, fits)]
  const offline = input.reachable.hub === false && input.reachable.pypi === false
  const best = decisions.find(each => each.startable.now)
  return [...training, ...(offline ? [said(noSource, reach)] : []), ...(best?.engineTest === true ? [said(onlyTheTest, reach)] : [])]
}

const nothingFits =
  'Nothing that is known fits this machine with what was asked for: ask for less context, fewer users or fewer must-haves.'
const listed: Evidence = { kind: 'rule', text: 'The engines and models that this app knows.', source: null }

function unknownEngine({ need, runtimes }: RecommendInput): Said[] {
  if (runtimes.some(each => each.id === need.runtime)) return []
  return [said(`No engine is called "${need.runtime ?? ''}". Known are ${runtimes.map(each => each.id).join(', ')}.`, listed)]
}

/** Null where some model takes the context that was asked for. */
function tooLong({ need, catalogue }: RecommendInput): string | null {
  const longest = catalogue.reduce<CatalogueModel | null>(
    (best, each) => (each.shape.contextMax > (best?.shape.contextMax ?? 0) ? each : best),
    null,
  )
  const asked = need.contextTokens
  if (!longest || asked === null || asked <= longest.shape.contextMax) return null
  return `No model of the catalogue takes ${tokens(asked)} of context: the longest is ${tokens(longest.shape.contextMax)} (${longest.title}). Ask for less.`
}

const noSource = 'No source of models can be reached now; with a network larger models and more engines become available.'
/** Said where nothing but the engine test can be started. */
export const onlyTheTest = 'Only the engine test can be started at once. It proves the engine; a real model has to be fetched.'

function whyNot(input: RecommendInput, named: readonly Option[]): string {
  const wanted = input.need.model ?? ''
  const smallest = named.filter(option => !option.engineTest).sort((a, b) => a.size.weightsBytes - b.size.weightsBytes)[0]
  if (!smallest)
    return (
      unable(input, wanted) ??
      `No model of the catalogue or the library matches "${wanted}".${onlyEmbeds(wanted)}${tooLarge(wanted, input.machine)}`
    )
  const longest = Math.max(...named.filter(option => !option.engineTest).map(option => option.contextMax))
  const asked = input.need.contextTokens
  if (asked !== null && asked > longest)
    return `"${wanted}" takes at most ${tokens(longest)} of context, ${tokens(asked)} were asked for: ask for less, or for another model.`
  const needsMiB = smallest.size.weightsBytes / 1024 / 1024
  return `"${wanted}" does not fit this machine: the smallest known artifact, ${smallest.title} ${smallest.artifact}, has ${gb(needsMiB)} of weights alone; ${roomOf(input.machine)}. Nothing is recommended that would not start.`
}

/** Names that models for embeddings and ranking go by. */
const onlyEmbeds = (wanted: string) =>
  /embed|rerank|\bbge\b|minilm/i.test(wanted) ? ' Models that only embed or rank, and do not answer, are not planned for here.' : ''

/** Null where no model of that name is known at all; otherwise what it lacks of the abilities that were asked for. */
function unable({ need, catalogue }: RecommendInput, wanted: string): string | null {
  const { matches } = parseModelWords(
    wanted,
    catalogue.map(each => each.id),
  )
  const same = catalogue.filter(each => !each.engineTest && matches(each))
  const lacks = (need.abilities ?? []).filter(ability => !same.some(each => each.abilities.includes(ability)))
  if (same.length === 0 || need.abilities === undefined) return null
  const what = lacks.length > 0 ? lacks : need.abilities
  return `"${wanted}" cannot do what was asked for (${what.join(', ')}): ask for another model, or do without.`
}

/**
 * Of a size alone (`405B`) it can be said that it would not fit: 4-bit quantisations of llama.cpp take 4.5 bits a weight and
 * more (https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md). Empty where it might.
 */
function tooLarge(wanted: string, machine: Machine): string {
  const billions = Number(/^\s*(\d+(?:\.\d+)?)\s*B\s*$/i.exec(wanted)?.[1] ?? 0)
  const needsMiB = (billions * 1e9 * 4.5) / 8 / 1024 / 1024
  const backends = ['cuda', 'rocm', 'metal', 'cann', 'xpu']
  const cards = backends.flatMap(backend => gpuDevices(machine, backend)).filter(gpu => gpu.kind === 'gpu')
  const roomMiB = mainMemory(machine).totalMiB + cards.reduce((sum, gpu) => sum + gpu.totalMiB, 0)
  if (needsMiB <= roomMiB) return ''
  return ` A model of that size does not fit this machine either: its weights alone are about ${gb(needsMiB)} at 4 bits; ${roomOf(machine)}.`
}

/** What the GPUs and the main memory have; guesses are called so. */
function roomOf(machine: Machine): string {
  const backends = ['cuda', 'rocm', 'metal', 'cann', 'xpu']
  const gpus = backends.flatMap(backend => gpuDevices(machine, backend))
  const memory = mainMemory(machine)
  const isGuessed = machine.memory.totalMiB === null && machine.memory.limitMiB === null
  const shared = gpus.find(gpu => gpu.kind === 'unified')
  const main = isGuessed
    ? `how much main memory there is could not be read, and ${capacityGb(memory.totalMiB)} is assumed`
    : `there is ${capacityGb(memory.totalMiB)} of ${shared ? `memory, shared with the GPU, and ${gb(freeMiB(shared))} of it are free for a model now` : 'main memory'}`
  const cards = gpus.filter(gpu => gpu.kind === 'gpu').map(gpu => `${gpu.name} has ${capacityGb(gpu.totalMiB)}`)
  return [...cards, main].join('; ')
}

function insteadNote(decision: Decision | null): string {
  if (!decision) return 'Without naming a model nothing else would run instead either.'
  const speed = decision.speed.oneUser ? `, about ${decision.speed.oneUser.mid} tok/s` : ''
  return `This is what would run instead: ${decision.headline}${speed}.`
}
