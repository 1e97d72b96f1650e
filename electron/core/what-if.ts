import * as z from 'zod'
import type { MachineEdit, WhatIf, WhatIfInput } from '../contract/what-if'
import { Failure } from '../contract/failure'
import type { Gpu, Machine } from '../contract/machine'
import { needSchema } from '../contract/need'
import table from '../../resources/knowledge/gpus.json'
import { machineFromFile } from './machine-file'
import type { RecommendInput } from './recommend/recommend.types'
import { firstDecision, simulate } from './recommend/simulate'

const cardSchema = z.object({
  name: z.string(),
  vendor: z.string(),
  vramGb: z.number().nullable(),
  bandwidthGBps: z.number().nullable(),
  architecture: z.string().nullable(),
  source: z.string().nullable(),
})
export type Card = z.infer<typeof cardSchema> & { vramGb: number }

/** Processor and GPU in one part with one memory: whole machines, not cards. */
const wholeMachines: readonly string[] = ['GB10', 'Radeon Instinct MI300A']

/** Cards that can be put into a machine: what the table knows with memory of its own. */
export const cards: readonly Card[] = z
  .array(cardSchema)
  .parse(table)
  .flatMap(({ vramGb, ...card }) => (vramGb === null || vramGb < 4 || wholeMachines.includes(card.name) ? [] : [{ ...card, vramGb }]))

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
  if (memory !== machine.memory && machine.gpus.some(gpu => gpu.memoryKind === 'unified'))
    return editMachine({ ...machine, memory, gpus: machine.gpus.map(gpu => withShare(gpu, machine.memory, memory)) }, without(edit))
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

const without = ({ gpu, count }: MachineEdit): MachineEdit => ({ ...(gpu !== undefined && { gpu }), ...(count !== undefined && { count }) })

/** What a GPU may take of shared memory grows with it: by the system's own rule where that is known, else in the same proportion. */
function withShare(gpu: Gpu, before: Machine['memory'], after: Machine['memory']): Gpu {
  if (gpu.memoryKind !== 'unified' || gpu.vramMiB === null || before.totalMiB === null || after.totalMiB === null) return gpu
  if (gpu.vendor === 'apple') return { ...gpu, vramMiB: null, vramFreeMiB: null }
  return { ...gpu, vramMiB: Math.round((gpu.vramMiB * after.totalMiB) / before.totalMiB), vramFreeMiB: null }
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

export const isMac = (machine: Machine) => machine.os.platform === 'darwin' && machine.os.arch === 'arm64'

/** Decides for the situation as it is and as it would be. `known`: everything but machine and need. `decide` may remember. */
export function whatIf(known: RecommendInput, { need, change, machine, artifact }: WhatIfInput, decide = firstDecision): WhatIf {
  if (machine && isMac(known.machine) && machine.gpu !== undefined)
    throw new Failure('bad-input', 'No card can be put into this Mac: change its memory instead, which means another Mac.')
  const other = {
    ...known,
    machine: machine ? edited(known.machine, machine) : known.machine,
    need: needSchema.parse({ ...need, ...change }),
  }
  return simulate({ input: { ...known, need } }, { input: other, artifact: artifact ?? null }, decide)
}

/** The last edits of a machine: of one that is looked at again all that was reckoned is kept. */
const lastEdits = new WeakMap<Machine, Map<string, Machine>>()
const keptEdits = 8

function edited(machine: Machine, edit: MachineEdit): Machine {
  const known = lastEdits.get(machine) ?? new Map<string, Machine>()
  const key = JSON.stringify([edit.gpu, edit.count, edit.memoryGiB])
  const other = known.get(key) ?? editMachine(machine, edit)
  known.delete(key)
  const [oldest] = known.size >= keptEdits ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
  lastEdits.set(machine, known.set(key, other))
  return other
}
