import type { Decision } from '../../contract/decision'
import { place } from './placement'
import type { Option } from './options'
import type { RecommendInput } from './recommend.types'
import { gb } from './texts'

export type NotesInput = {
  decisions: readonly Decision[]
  /** Options that the named model left, when nothing of it can be run; null otherwise. */
  named: readonly Option[] | null
  instead: (input: RecommendInput) => Decision | null
}

/** What has to be said about the whole answer rather than about one decision. */
export function notesFor(input: RecommendInput, { decisions, named, instead }: NotesInput): string[] {
  const training =
    input.need.task === 'fine-tuning'
      ? ['Fine-tuning is done outside the app: train elsewhere, then import the result and serve it here.']
      : []
  if (named) return [...training, whyNot(input, named), insteadNote(instead(input))]
  if (decisions.length === 0)
    return [
      ...training,
      'Nothing that is known fits this machine with what was asked for: ask for less context, fewer users or fewer must-haves.',
    ]
  const offline = input.reachable.hub === false && input.reachable.pypi === false
  const best = decisions.find(each => each.startable.now)
  return [
    ...training,
    ...(offline ? ['No source of models can be reached now; with a network larger models and more engines become available.'] : []),
    ...(best?.engineTest === true
      ? ['Only the engine test can be started at once. It proves the engine; a real model has to be fetched.']
      : []),
  ]
}

function whyNot(input: RecommendInput, named: readonly Option[]): string {
  const wanted = input.need.model ?? ''
  const smallest = named.filter(option => !option.engineTest).sort((a, b) => a.size.weightsBytes - b.size.weightsBytes)[0]
  if (!smallest) return `No model of the catalogue or the library matches "${wanted}".`
  const placement = place({
    ...{ machine: input.machine, model: smallest.size, contextTokens: input.need.contextTokens ?? 4096, slots: 1, backend: 'cpu' },
    ...{ kvQuantisation: 'f16', engine: { overheadMiB: {}, reservedShare: null } },
  })
  const [share] = placement.shares
  const needsMiB = smallest.size.weightsBytes / 1024 / 1024
  const there = share ? `${gb(share.device.totalMiB)} of memory are there` : 'less is there'
  return `"${wanted}" does not fit this machine: the smallest known artifact, ${smallest.title} ${smallest.artifact}, has ${gb(needsMiB)} of weights alone, and ${there}. Nothing is recommended that would not start.`
}

function insteadNote(decision: Decision | null): string {
  if (!decision) return 'Without naming a model nothing else would run instead either.'
  const speed = decision.speed.oneUser ? `, about ${decision.speed.oneUser.mid} tok/s` : ''
  return `This is what would run instead: ${decision.headline}${speed}.`
}
