import type { Correction, Machine } from '../../contract/machine'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { Collection } from '../store/store.types'
import { applyCorrections, checkCorrection } from './corrections'
import { readFreeMemory } from './free-memory'

export type HardwareDeps = {
  detect: () => Promise<Machine>
  /** Asks again only for what is free; the probes of this machine when absent. */
  readFree?: (machine: Machine) => Promise<Machine>
  /** One document per corrected path. */
  corrections: Collection<Correction>
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
  subscribe(listener: (machine: Machine) => void): () => void
}

export function createHardware({ detect, readFree = readFreeMemory, corrections, clock }: HardwareDeps): Hardware {
  const bus = createEventBus<Machine>()
  let detected: Machine | null = null
  let running: Promise<Machine> | null = null
  let refreshing: Promise<Machine> | null = null

  const withCorrections = (machine: Machine) =>
    applyCorrections(
      machine,
      corrections.all().map(({ value }) => value),
    )

  function learn(machine: Machine): Machine {
    detected = { ...machine, detectedAt: machine.detectedAt ?? clock.wall() }
    const current = withCorrections(detected)
    bus.emit(current)
    return current
  }

  function detectOnce(): Promise<Machine> {
    running ??= detect()
      .then(learn)
      .finally(() => {
        running = null
      })
    return running
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

    subscribe: listener => bus.subscribe(listener),
  }
}
