import { Failure } from '../../contract/failure'
import type { Correction, Machine } from '../../contract/machine'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { Collection } from '../store/store.types'
import type { Changes } from './changes'
import { applyCorrections, checkCorrection } from './corrections'
import { readFreeMemory, withFree } from './free-memory'

export type HardwareDeps = {
  detect: () => Promise<Machine>
  /** What the last detection has still to say, as the whole machine; null when it said all. */
  later?: () => Promise<Machine> | null
  /** Asks again only for what is free; the probes of this machine when absent. */
  readFree?: (machine: Machine) => Promise<Machine>
  /** One document per corrected path. */
  corrections: Collection<Correction>
  /** Compares each detection with the last one; nothing is compared when absent. */
  changes?: Changes
  clock: Clock
}

export type Hardware = {
  /** Looks at the machine anew; callers at the same moment share one detection. */
  detect(): Promise<Machine>
  /** The last one, with the person's corrections; null before the first. */
  current(): Machine | null
  /** Reads free VRAM and available memory only; detects where nothing is known yet. */
  refreshFree(): Promise<Machine>
  /** Keeps the person's value for a path, or takes it back with null; Failure('bad-input') for what is no such value. */
  correct(correction: Correction): Machine
  /** Takes away a warning that the person has read; Failure('not-found') for one that cannot be. */
  dismiss(key: string): Machine
  subscribe(listener: (machine: Machine) => void): () => void
  /** A detection under way keeps and says nothing any more: what keeps corrections is about to be closed. */
  end(): void
}

/** With what the person said, and what has changed since the last detection. */
function asSaid(machine: Machine, { corrections, changes }: Pick<HardwareDeps, 'corrections'> & { changes: Changes | undefined }): Machine {
  const corrected = applyCorrections(
    machine,
    corrections.all().map(({ value }) => value),
  )
  return changes ? { ...corrected, warnings: [...changes.warnings(), ...corrected.warnings] } : corrected
}

export function createHardware({ detect, later, readFree = readFreeMemory, corrections, changes, clock }: HardwareDeps): Hardware {
  const bus = createEventBus<Machine>()
  let detected: Machine | null = null
  let running: Promise<Machine> | null = null
  let refreshing: Promise<Machine> | null = null
  let detections = 0
  let isEnded = false

  const withCorrections = (machine: Machine) => (isEnded ? machine : asSaid(machine, { corrections, changes }))

  function learn(machine: Machine): Machine {
    if (isEnded) return machine
    detected = { ...machine, detectedAt: machine.detectedAt ?? clock.wall() }
    const current = withCorrections(detected)
    bus.emit(current)
    return current
  }

  async function detectNow(): Promise<Machine> {
    try {
      const machine = await detect()
      if (!isEnded) changes?.note(machine)
      void learnLater(later?.() ?? null)
      return learn(machine)
    } finally {
      running = null
    }
  }
  const detectOnce = () => (running ??= detectNow())

  /** What was measured after a detection comes as an update, unless the machine was looked at anew meanwhile. */
  async function learnLater(more: Promise<Machine> | null) {
    const mine = ++detections
    const whole = await more?.catch(() => null)
    if (more && detected && mine === detections) learn(whole ? withFree(whole, detected) : { ...detected, pending: [] })
  }

  return {
    detect: detectOnce,

    current: () => (detected ? withCorrections(detected) : null),

    refreshFree() {
      if (!detected || running) return detectOnce()
      const known = detected
      refreshing ??= readFree(known)
        // A detection that ended meanwhile knows more.
        .then(fresh => (detected === known ? learn(fresh) : withCorrections(detected ?? fresh)))
        .finally(() => {
          refreshing = null
        })
      return refreshing
    },

    correct(correction) {
      const known = detected
      const checked = checkCorrection(known, correction)
      if (checked.value === null) corrections.remove(checked.path)
      else corrections.set(checked.path, checked)
      const current = withCorrections(checked.machine)
      bus.emit(current)
      return current
    },

    dismiss(key) {
      if (!changes || !detected) throw new Failure('not-found', `Nothing is said under ${key} that could be dismissed.`)
      changes.dismiss(key)
      const current = withCorrections(detected)
      bus.emit(current)
      return current
    },

    subscribe: listener => bus.subscribe(listener),

    end() {
      isEnded = true
    },
  }
}
