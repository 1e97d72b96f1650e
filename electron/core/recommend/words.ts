import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { Dimension } from '../runtimes/facts'
import { capacityGb, capitalised, gb, listed, tokens, type Words } from './texts'
import type { Choice } from './choose'
import { weighed } from './score'
import { mainMemory } from './devices'
import { takenMiB, unusedCards, type Contender } from './situation'

export type WordsInput = { machine: Machine; need: Need; contender: Contender; contenders: readonly Contender[]; choice: Choice | null }

/** Values that rule texts may use. A value that is unknown here is null: its sentence part is left out. */
export function wordsFor(input: WordsInput): Words {
  const { machine, need, contender } = input
  const { runtime, verdict } = contender
  const usable = machine.gpus.filter(gpu => gpu.usable)
  const plain: Readonly<Record<string, () => string | null>> = {
    title: () => runtime.title,
    users: () => String(need.users),
    gpus: () => String(usable.length),
    gpu: () => usable[0]?.name ?? 'GPU',
    vram: () => capacityOf(Math.max(0, ...usable.flatMap(gpu => (gpu.memoryKind === 'dedicated' ? (gpu.vramMiB ?? []) : [])))),
    memory: () => capacityOf(machine.memory.limitMiB ?? machine.memory.totalMiB) ?? 'An unknown amount',
    bandwidth: () => textOfNumber(usable[0]?.bandwidthGBps ?? machine.memory.bandwidthGBps),
    others: () => textOfMiB(Math.max(0, ...usable.filter(gpu => gpu.memoryKind === 'dedicated').map(takenMiB))),
    holders: () => holders(usable),
    assumedMemory: () => capacityGb(mainMemory(machine).totalMiB),
    unusedCards: () =>
      unusedCards(machine)
        .map(gpu => `${gpu.name} is not used. ${gpu.whyNot ?? ''}`)
        .join(' '),
    language: () => (need.language === undefined ? 'any language' : (languageNames.of(need.language) ?? need.language)),
    abilities: () => listed((need.abilities ?? []).map(ability => abilityNames[ability])),
    weighed: () => weighed(runtime, need).toFixed(1),
    missing: () =>
      listed(
        need.must.filter(must => runtime.facts.fulfils[must] === undefined || verdict.lacks?.includes(must)).map(must => mustNames[must]),
      ),
    fulfilled: () => need.must.flatMap(must => runtime.facts.fulfils[must] ?? []).join(' '),
    madeFor: () => runtime.facts.madeFor[need.task] ?? null,
    archived: () => (runtime.facts.traits.includes('archived') ? (runtime.facts.givesUp[0] ?? null) : null),
    share: () => textOfShare(input.choice?.placement.memoryShare ?? runtime.facts.memory.reservedShare),
    ...planWords(input.choice),
  }
  return (name, argument) => {
    if (name === 'rivals' && argument !== null) return rivals(input, argument)
    if (name === 'cell' && argument !== null) return cellText(input, argument)
    return plain[name]?.() ?? null
  }
}

const planWords = (choice: Choice | null): Record<string, () => string | null> => ({
  tensorParallel: () => (choice && choice.placement.tensorParallel > 1 ? String(choice.placement.tensorParallel) : null),
  devices: () => (choice ? devicesInWords(choice) : null),
  model: () => choice?.option.title ?? null,
  artifact: () => choice?.option.artifact ?? null,
  loss: () => (choice ? choice.option.loss.toFixed(1) : null),
  gpuLayers: () => (choice ? String(choice.placement.gpuLayers) : null),
  layers: () => (choice ? String(choice.placement.layers) : null),
  slots: () => (choice ? String(choice.slots) : null),
  context: () => (choice ? tokens(choice.contextTokens) : null),
})

/** Cards with the layers of each, cards of one name once: `2 x RTX 3090 (32 and 32 layers)`. */
function devicesInWords({ placement: { shares } }: Choice): string {
  const names = [...new Set(shares.map(share => share.device.name))]
  const layersOf = (name: string) => shares.filter(share => share.device.name === name).map(share => String(share.layers))
  const named = (name: string) => (layersOf(name).length > 1 ? `${layersOf(name).length} x ${name}` : name)
  return listed(names.map(name => `${named(name)} (${listed(layersOf(name))} layers)`))
}

/** The programs that hold most of a card's memory, by name and size, where the tools tell. */
function holders(gpus: Machine['gpus']): string | null {
  const held = gpus.flatMap(gpu => gpu.heldBy ?? []).sort((a, b) => (b.memoryMiB ?? 0) - (a.memoryMiB ?? 0))
  const names = held.map(({ name, memoryMiB }) => (memoryMiB === null ? name : `${name} ${gb(memoryMiB)}`))
  return names.length === 0 ? null : names.slice(0, 2).join(', ')
}

/** Titles of other engines with a trait that can run here. */
function rivals({ contender, contenders }: WordsInput, trait: string): string | null {
  const titles = contenders.filter(each => each !== contender && each.runtime.facts.traits.includes(trait)).map(each => each.runtime.title)
  return titles.length === 0 ? null : titles.length > 2 ? `${titles.slice(0, 2).join(', ')} or the like` : titles.join(' or ')
}

function cellText({ contender }: WordsInput, dimension: string): string | null {
  const cell = contender.runtime.facts.matrix[dimension as Dimension]
  if (!cell || cell.tier === null) return null
  return `${capitalised(cell.tier)}. ${cell.says}${cell.now ? ` Now: ${cell.now}` : ''}`
}

const capacityOf = (mib: number | null) => (mib === null || mib <= 0 ? null : capacityGb(mib))
const textOfMiB = (mib: number | null) => (mib === null || mib <= 0 ? null : gb(mib))
const textOfNumber = (value: number | null) => (value === null ? null : String(Math.round(value)))
const textOfShare = (share: number | null) => (share === null ? null : `${Math.round(share * 100)} %`)

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })

const abilityNames: Readonly<Record<NonNullable<Need['abilities']>[number], string>> = {
  ...{ tools: 'call tools', vision: 'read images', reasoning: 'think before it answers' },
}

const mustNames: Readonly<Record<Need['must'][number], string>> = {
  'exact-quant': 'an exact quantisation',
  'kv-quant': 'a quantised KV cache',
  'multi-gpu': 'one model over several GPUs',
  'layer-split': 'a layer split of your own',
  'swap-models': 'changing models often',
  headless: 'running without a window',
  speculative: 'speculative decoding',
  'fixed-model': 'one fixed model',
}
