import * as z from 'zod'
import type { MachineEdit, Outcome, Shopping, WhatIf, WhatIfInput } from '../contract/decision'
import { Failure } from '../contract/failure'
import type { Gpu, Machine } from '../contract/machine'
import { needSchema, type Need } from '../contract/need'
import table from '../../resources/knowledge/gpus.json'
import { machineFromFile } from './machine-file'
import type { RecommendInput } from './recommend/recommend.types'
import { firstDecision, outcomeOf, simulate } from './recommend/simulate'

const cardSchema = z.object({
  name: z.string(),
  vendor: z.string(),
  vramGb: z.number().nullable(),
  bandwidthGBps: z.number().nullable(),
  architecture: z.string().nullable(),
})
type Card = z.infer<typeof cardSchema> & { vramGb: number }

/** Cards that can be put into a machine: what the table knows with memory of its own. */
const cards: readonly Card[] = z
  .array(cardSchema)
  .parse(table)
  .flatMap(({ vramGb, ...card }) => (vramGb === null || vramGb < 4 ? [] : [{ ...card, vramGb }]))

/** ROCm targets of AMD's generations (https://rocm.docs.amd.com/en/latest/reference/gpu-arch-specs.html). */
const rocmTargets: Readonly<Record<string, string>> = {
  ...{ 'RDNA 2.0': 'gfx1030', 'RDNA 3.0': 'gfx1100', 'RDNA 4.0': 'gfx1201', 'CDNA 2.0': 'gfx90a', 'CDNA 3.0': 'gfx942' },
}

/** Driver that current engines want, taken for a card that is not there yet. */
const currentDriver = '580.95'

/** What a desktop takes of a new card, MiB. */
const takenAtOnceMiB = 400

/** A machine with other cards or more memory. Throws Failure('not-found') for a card the table does not know. */
export function editMachine(machine: Machine, edit: MachineEdit): Machine {
  const memory = edit.memoryGiB === undefined ? machine.memory : withMemory(machine.memory, edit.memoryGiB * 1024)
  const count = edit.count ?? 1
  if (edit.gpu === undefined && edit.count === undefined) return { ...machine, memory }
  if (edit.gpu === 'none') return { ...machine, memory, gpus: machine.gpus.filter(gpu => gpu.integrated) }
  const kept =
    edit.gpu === undefined ? machine.gpus.find(gpu => gpu.usable && !gpu.integrated && gpu.memoryKind === 'dedicated') : undefined
  if (kept) return { ...machine, memory, gpus: times(count, index => ({ ...kept, id: `gpu${index}` })) }
  const card = cards.find(each => each.name.toLowerCase() === (edit.gpu ?? '').toLowerCase())
  if (!card)
    throw new Failure(
      'not-found',
      edit.gpu === undefined ? 'There is no card here to have more of.' : `No card named "${edit.gpu}" is in the GPU table.`,
    )
  const gpus = times(count, index => gpuOf(card, index))
  const rest = { ...machine.unknown }
  return { ...machineFromFile({ ...machine, memory, gpus, origins: {}, unknown: {} }, 'the changed machine'), unknown: rest }
}

const times = <Item>(count: number, make: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => make(index))

function withMemory(memory: Machine['memory'], totalMiB: number): Machine['memory'] {
  const limitMiB = memory.limitMiB === null ? null : Math.max(memory.limitMiB, totalMiB)
  const usedMiB = memory.totalMiB === null || memory.availableMiB === null ? null : memory.totalMiB - memory.availableMiB
  const freeMiB = Math.max(totalMiB * 0.1, totalMiB - (usedMiB ?? totalMiB * 0.15))
  return { ...memory, totalMiB, limitMiB, availableMiB: Math.round(freeMiB) }
}

/** The fields that differ from an unknown card; the rest is completed as for a machine file. */
const gpuOf = (card: Card, index: number): Partial<Record<keyof Gpu, unknown>> => ({
  ...{ id: `gpu${index}`, vendor: card.vendor, name: card.name, memoryKind: 'dedicated', integrated: false, usable: true },
  ...{ vramMiB: card.vramGb * 1024, vramFreeMiB: card.vramGb * 1024 - takenAtOnceMiB, vulkan: true },
  ...(card.vendor === 'nvidia' ? { driver: currentDriver } : {}),
  rocmTarget: card.vendor === 'amd' ? (rocmTargets[card.architecture ?? ''] ?? null) : null,
})

const isMac = (machine: Machine) => machine.os.platform === 'darwin' && machine.os.arch === 'arm64'

/** Decides for the situation as it is and as it would be. `known`: everything but machine and need. */
export function whatIf(known: RecommendInput, { need, change, machine, artifact }: WhatIfInput): WhatIf {
  if (machine && isMac(known.machine) && machine.gpu !== undefined)
    throw new Failure('bad-input', 'No card can be put into this Mac: change its memory instead, which means another Mac.')
  const other = {
    ...known,
    machine: machine ? editMachine(known.machine, machine) : known.machine,
    need: needSchema.parse({ ...need, ...change }),
  }
  return simulate({ input: { ...known, need } }, { input: other, artifact: artifact ?? null })
}

/** Steps that are worth a look: one card for each size of memory, the one most people buy. */
const usualCards = [
  ...[
    'GeForce RTX 3060 12 GB',
    'GeForce RTX 5060 Ti 16 GB',
    'GeForce RTX 3090',
    'GeForce RTX 5090',
    'RTX PRO 6000 Blackwell',
    'Radeon RX 7900 XTX',
  ],
]
const usualMemories = [32, 64, 128, 256]

/** What other cards, a second one or more memory would bring for a need; only steps that bring something. */
export function shoppingFor(known: RecommendInput, need: Need): Shopping {
  const { machine } = known
  const now = firstDecision({ input: { ...known, need } })
  const before = now && outcomeOf(now)
  const steps = editsFor(machine).flatMap(({ title, edit }) => {
    const then = firstDecision({ input: { ...known, need, machine: editMachine(machine, edit) } })
    if (!then) return []
    const after = outcomeOf(then)
    const gain = gainOf(before, after)
    return gain === null ? [] : [{ title, machine: edit, gain, after }]
  })
  return {
    cards: isMac(machine) ? [] : cards.map(({ name, vendor, vramGb, bandwidthGBps }) => ({ name, vendor, vramGiB: vramGb, bandwidthGBps })),
    steps,
  }
}

function editsFor(machine: Machine): { title: string; edit: MachineEdit }[] {
  const totalGiB = (machine.memory.totalMiB ?? 0) / 1024
  const memories = usualMemories
    .filter(gib => gib > totalGiB * 1.3)
    .slice(0, isMac(machine) ? 3 : 1)
    .map(memoryGiB => ({ title: `${memoryGiB} GB of memory${isMac(machine) ? ' (another Mac)' : ''}`, edit: { memoryGiB } }))
  if (isMac(machine)) return memories
  const dedicated = machine.gpus.filter(gpu => gpu.usable && !gpu.integrated && gpu.memoryKind === 'dedicated')
  const second =
    dedicated.length > 0 && dedicated.length < 8 ? [{ title: 'one more card like it', edit: { count: dedicated.length + 1 } }] : []
  const largest = Math.max(0, ...dedicated.map(gpu => (gpu.vramMiB ?? 0) / 1024))
  const better = usualCards
    .flatMap(name => cards.filter(card => card.name === name))
    .filter(card => card.vramGb > largest * 1.05)
    .map(card => ({ title: `${card.name}, ${card.vramGb} GB`, edit: { gpu: card.name } }))
  return [...memories, ...second, ...better]
}

/** In words what is better; null when nothing noticeable is. */
function gainOf(before: Outcome | null, after: Outcome): string | null {
  if (!before) return `${after.modelTitle} ${after.artifact} could be run at all`
  const quality = (after.qualityPoints ?? 0) - (before.qualityPoints ?? 0)
  const faster = speedRatio(before, after)
  if (quality < -1 || (quality < 2 && faster < 1.15)) return null
  const better = quality >= 2 ? [`${after.modelTitle} ${after.artifact}, ${quality} points better`] : []
  return [...better, ...speedWords(faster)].join(', ')
}

function speedRatio(before: Outcome, after: Outcome): number {
  const [one, other] = [before.users ?? before.oneUser, after.users ?? after.oneUser]
  return one !== null && other !== null && one > 0 ? other / one : 1
}

const speedWords = (faster: number): string[] => [
  ...(faster >= 1.15 ? [`${faster.toFixed(1)} times as fast`] : []),
  ...(faster < 0.85 ? [`at ${Math.round(faster * 100)} % of the speed`] : []),
]
