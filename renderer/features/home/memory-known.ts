import type { Decision } from '../../../electron/contract/decision'
import type { Machine } from '../../../electron/contract/machine'
import { shortName } from '../shared/names'

type Device = Decision['memory']['devices'][number]
type Known = Pick<Machine, 'gpus' | 'memory'>

interface Guess {
  total: boolean
  others: boolean
}

/** What of a device's memory no tool told, so that the bar is drawn with a guess. */
export function guessOf(machine: Known | null, { id }: Pick<Device, 'id'>): Guess {
  if (!machine) return { total: false, others: false }
  const { gpus, memory: main } = machine
  const gpu = gpus.find(each => each.id === id)
  if (gpu?.memoryKind === 'dedicated') return { total: false, others: gpu.vramFreeMiB === null && gpu.migEnabled !== true }
  return { total: main.totalMiB === null && main.limitMiB === null, others: main.availableMiB === null }
}

/** Sums of rounded figures differ by so much, MiB. */
const roundedMiB = 16

/** The most that the system lets a GPU take of shared memory, MiB, where that and not other programs is what keeps the rest from it; else null. */
export function limitOf(machine: Known | null, { id, totalMiB, othersMiB }: Pick<Device, 'id' | 'totalMiB' | 'othersMiB'>): number | null {
  const gpu = machine?.gpus.find(each => each.id === id)
  if (gpu?.memoryKind !== 'unified' || gpu.vramMiB === null || gpu.vramMiB >= totalMiB) return null
  return Math.abs(totalMiB - gpu.vramMiB - othersMiB) <= roundedMiB ? gpu.vramMiB : null
}

/** `Not used by this: 3 × H100.`; null where every card is used, or none is. */
export function idleCards(machine: Known | null, devices: readonly Pick<Device, 'id'>[]): string | null {
  const cards = machine?.gpus.filter(gpu => gpu.usable && gpu.memoryKind === 'dedicated') ?? []
  const idle = cards.filter(gpu => !devices.some(device => device.id === gpu.id))
  if (idle.length === 0 || idle.length === cards.length) return null
  const counts = [...Map.groupBy(idle, gpu => shortName(gpu.name))].map(([name, { length }]) => (length > 1 ? `${length} × ${name}` : name))
  return `Not used by this: ${counts.join(', ')}.`
}
