import type { Correction } from '../contract/machine'
import { detect } from './hardware/detect'
import { createHardware } from './hardware/hardware'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Collection } from './store/store.types'

const FREE_MEMORY_EVERY_MS = 2_000

type MachineDeps = { background: Background; clock: Clock; corrections: Collection<Correction> }

/** The machine, detected once and when asked; free memory is read again and again only while somebody looks. */
export function createMachineService({ background, clock, corrections }: MachineDeps) {
  const hardware = createHardware({ detect: () => detect({ background }), corrections, clock })
  let watchers = 0
  let timer: NodeJS.Timeout | null = null

  const read = () => Promise.resolve(hardware.current() ?? hardware.detect())

  return {
    ...hardware,
    /** What is known, or the running detection. */
    read,
    /** While anyone holds it, free memory is kept current; returns the release. */
    keepFresh(): () => void {
      watchers++
      timer ??= setInterval(() => void hardware.refreshFree().catch(() => undefined), FREE_MEMORY_EVERY_MS)
      return () => {
        if (--watchers > 0 || !timer) return
        clearInterval(timer)
        timer = null
      }
    },
  }
}
