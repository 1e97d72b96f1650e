import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Machine } from '../../contract/machine'
import type { Clock } from '../lib/clock'
import type { Collection } from '../store/store.types'
import type { Warning } from './hardware.types'

/** One thing of the machine as it was last seen, and as it was before while the person has not been told long enough. */
export const machineFactSchema = z.object({
  value: z.string(),
  seenAt: z.string(),
  before: z.object({ value: z.string(), seenAt: z.string(), changedAt: z.string() }).nullable(),
})

export type MachineFact = z.infer<typeof machineFactSchema>

export type Changes = {
  /** Compares a detection with the last one and remembers it. */
  note(machine: Machine): void
  /** What has changed and was not dismissed, as warnings. */
  warnings(): Warning[]
  /** The person has read it; Failure('not-found') where nothing of that name is said. */
  dismiss(key: string): void
}

/** A change is said for a week, then it is how the machine is. */
const shownForMs = 7 * 24 * 3_600_000
/** Firmware takes a little more or less from one start to the next. */
const sameMemory = 0.03
const gone = ''
const prefix = 'changed:'

/** Says what differs from the last detection: driver, memory, cards that came and went, the system. */
export function createChanges({ facts, clock }: { facts: Collection<MachineFact>; clock: Clock }): Changes {
  function remember(key: string, value: string, at: string) {
    const known = facts.get(key)
    if (!known) {
      facts.set(key, { value, seenAt: at, before: null })
      return
    }
    if (isSame(key, known.value, value)) {
      facts.set(key, { ...known, seenAt: at })
      return
    }
    // Back to what it was before: nothing has changed in the end.
    const before =
      known.before && isSame(key, known.before.value, value) ? null : { value: known.value, seenAt: known.seenAt, changedAt: at }
    facts.set(key, { value, seenAt: at, before })
  }

  return {
    note(machine) {
      const at = clock.wall()
      const isFirst = facts.all().length === 0
      const now = factsOf(machine)
      for (const [key, value] of now) {
        // A card that was never seen is new, unless everything is.
        if (!isFirst && key.startsWith('gpu ') && !facts.get(key))
          facts.set(key, { value, seenAt: at, before: { value: gone, seenAt: at, changedAt: at } })
        else remember(key, value, at)
      }
      // A tool that hung says nothing of what is gone.
      if (machine.probes.some(probe => probe.outcome === 'timed-out')) return
      for (const { id } of facts.all()) if (id.startsWith('gpu ') && !now.has(id)) remember(id, gone, at)
    },

    warnings() {
      const now = Date.parse(clock.wall())
      return facts.all().flatMap(({ id, value: { value, before } }) => {
        if (!before || now - Date.parse(before.changedAt) > shownForMs) return []
        const text = sentence(id, { from: before.value, to: value, since: since(before.seenAt, clock.wall()) })
        return text === null ? [] : [{ code: 'machine-changed', text, dismiss: `${prefix}${id}` }]
      })
    },

    dismiss(key) {
      const id = key.startsWith(prefix) ? key.slice(prefix.length) : null
      const known = id === null ? null : facts.get(id)
      if (id === null || !known) throw new Failure('not-found', `Nothing is said under ${key} that could be dismissed.`)
      if (known.value === gone) facts.remove(id)
      else facts.set(id, { ...known, before: null })
    },
  }
}

const makers: Partial<Record<string, string>> = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', huawei: 'Ascend' }

/** What is compared, by key; a value that is unknown this time is left out. */
function factsOf({ os, memory, gpus }: Machine): Map<string, string> {
  const facts = new Map<string, string>()
  if (os.name !== null) facts.set('system', os.name)
  if (memory.totalMiB !== null) facts.set('memory', String(memory.totalMiB))
  for (const gpu of gpus) {
    if (gpu.driver !== null && makers[gpu.vendor]) facts.set(`driver ${makers[gpu.vendor] ?? ''}`, gpu.driver)
    if (gpu.vendor !== 'other') facts.set(`gpu ${gpu.busId ?? gpu.id}`, gpu.name)
  }
  return facts
}

function isSame(key: string, one: string, other: string): boolean {
  if (key !== 'memory') return one === other
  return Math.abs(Number(one) - Number(other)) <= Number(one) * sameMemory
}

function sentence(key: string, { from, to, since: when }: { from: string; to: string; since: string }): string | null {
  const gigabytes = (mebibytes: string) => `${Math.round(Number(mebibytes) / 1024)} GB`
  if (key === 'memory') return `Memory went from ${gigabytes(from)} to ${gigabytes(to)} ${when}.`
  if (key === 'system') return `The system changed ${when}: ${from} -> ${to}.`
  if (key.startsWith('driver ')) return `The ${key.slice(7)} driver changed ${when}: ${from} -> ${to}.`
  if (from === gone) return to === gone ? null : `${to} is new ${when}.`
  return to === gone
    ? `${from} is no longer there ${when}: it was removed, or its driver no longer sees it.`
    : `${from} was replaced ${when} by ${to}.`
}

/** `since yesterday`, by the calendar of this place. */
function since(before: string, now: string): string {
  const [then, today] = [new Date(before), new Date(now)]
  const days = Math.round((startOf(today) - startOf(then)) / 86_400_000)
  if (days <= 0) return 'since earlier today'
  if (days === 1) return 'since yesterday'
  return `since ${then.getDate()} ${then.toLocaleString('en-GB', { month: 'long' })}`
}

const startOf = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
