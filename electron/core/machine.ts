import { cpus, loadavg, totalmem } from 'node:os'
import * as z from 'zod'
import type { Correction, Machine } from '../contract/machine'
import { createChanges, type MachineFact } from './hardware/changes'
import { detectInTwo } from './hardware/detect'
import { deviceSignature } from './hardware/device-signature'
import { createHardware } from './hardware/hardware'
import type { Reading } from './hardware/hardware.types'
import { measureBandwidth, measuredGBps } from './hardware/measure-bandwidth'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Recorded } from './recorded'
import type { Collection } from './store/store.types'

const FREE_MEMORY_EVERY_MS = 2_000
/** Cards and drivers are looked at once in so many readings of free memory. */
const DEVICES_EVERY = 3
/** After a detection in which probes were late, the machine may be less busy. */
const AGAIN_AFTER_MS = 15_000
const MOST_AGAIN = 3

/** What reading this machine's memory once gave, and which machine that was. */
export const measuredMemorySchema = z.object({ machine: z.string(), GBps: z.number().positive() })
type MeasuredMemory = z.infer<typeof measuredMemorySchema>

/** What reading a disk once gave, by its name and size. */
export const measuredDiskSchema = z.object({ MBps: z.number().nonnegative() })
type MeasuredDisk = z.infer<typeof measuredDiskSchema>

type MachineDeps = {
  background: Background
  clock: Clock
  corrections: Collection<Correction>
  /** The last detection, to say what has changed since. */
  facts?: Collection<MachineFact>
  measured?: Collection<MeasuredMemory>
  measuredDisks?: Collection<MeasuredDisk>
  /** Where models are kept, for its disk. */
  modelsFolder?: () => string
  recorded?: Recorded | null
  /** Load of the last minute; the system's own when absent. */
  load?: () => number
}

/** Processor and memory in a few words: another machine measures again. */
const fingerprint = () => `${cpus()[0]?.model ?? '?'} ${cpus().length} ${totalmem()}`

/** The machine, detected once and when asked; free memory is read again and again only while somebody looks. */
export function createMachineService({ background, clock, corrections, recorded = null, ...rest }: MachineDeps) {
  const detection = createDetection({ background, clock, ...rest })
  const hardware = createHardware({
    ...(recorded ? { detect: () => Promise.resolve(recorded.machine) } : detection),
    corrections,
    ...(rest.facts && !recorded ? { changes: createChanges({ facts: rest.facts, clock }) } : {}),
    clock,
  })
  let watchers = 0
  let timer: NodeJS.Timeout | null = null
  let lateTimer: NodeJS.Timeout | null = null
  let ticks = 0
  let devices: string | null = null

  /** Free memory each time; a card that came or went, or another driver, has the machine detected anew. */
  async function refresh() {
    if (ticks++ % DEVICES_EVERY === 0) {
      const now = await deviceSignature()
      const isChanged = devices !== null && devices !== now
      devices = now
      if (isChanged) return hardware.detect()
    }
    return hardware.refreshFree()
  }

  const read = () => Promise.resolve(hardware.current() ?? hardware.detect())

  let again = 0
  /** A busy machine hides things only for a while: what was late is asked for again while somebody looks. */
  async function detectLate() {
    if (again >= MOST_AGAIN || watchers === 0 || !wasLate(hardware.current())) return
    again += 1
    if (!wasLate(await hardware.detect())) again = 0
  }

  return {
    ...hardware,
    /** What is known, or the running detection. */
    read,
    /** While anyone holds it, free memory is kept current; returns the release. */
    keepFresh(): () => void {
      watchers++
      // What is free here says nothing of a machine that is only shown.
      if (!recorded) {
        timer ??= setInterval(() => void refresh().catch(() => undefined), FREE_MEMORY_EVERY_MS)
        lateTimer ??= setInterval(() => void detectLate().catch(() => undefined), AGAIN_AFTER_MS)
      }
      return () => {
        if (--watchers > 0 || !timer) return
        clearInterval(timer)
        if (lateTimer) clearInterval(lateTimer)
        timer = lateTimer = null
      }
    },
  }
}

const wasLate = (machine: Machine | null) => machine?.probes.some(({ outcome }) => outcome === 'timed-out') ?? false

type Looking = Pick<MachineDeps, 'background' | 'clock' | 'measured' | 'measuredDisks' | 'modelsFolder' | 'load'>

/**
 * Detects this machine: `detect` answers with what the probes tell, `later` with what takes a measurement. What reading memory
 * gave is remembered, unless others were using it then: that would last for ever. Two measurements never run at once.
 */
function createDetection({ background, clock, measured, measuredDisks, modelsFolder, load = () => loadavg()[0] ?? 0 }: Looking) {
  let later: Promise<Machine> | null = null
  let measuring: Promise<Reading> | null = null

  async function measure(): Promise<Reading> {
    const isQuiet = load() < cpus().length
    const reading = await measureBandwidth({ background, clock })
    const GBps = measuredGBps(reading)
    if (isQuiet && GBps !== null) measured?.set('memory', { machine: fingerprint(), GBps: Math.max(GBps, known() ?? 0) })
    return reading
  }

  /** What reading the memory of this very machine gave at best. */
  function known(): number | null {
    const before = measured?.get('memory') ?? null
    return before?.machine === fingerprint() ? before.GBps : null
  }

  /** Others only ever slow a measurement down, so one more is made behind the first detection; a better one counts the next time. */
  let isRepeated = false
  function repeat() {
    if (isRepeated || known() === null) return
    isRepeated = true
    void measure().catch(() => undefined)
  }

  /** What a busy disk gave is said, but asked again the next time. */
  function remembered(machine: Machine, isQuiet: boolean): Machine {
    const { disk } = machine
    if (isQuiet && disk?.readMBps !== undefined) measuredDisks?.set(nameOf(disk), { MBps: disk.readMBps })
    return machine
  }

  return {
    later: () => later,
    async detect(): Promise<Machine> {
      const found = await detectInTwo({
        ...{ background, clock, measuredBefore: known() },
        measure: () => (measuring ??= measure().finally(() => (measuring = null))),
        diskBefore: disk => measuredDisks?.get(nameOf(disk))?.MBps ?? null,
        ...(modelsFolder ? { modelsFolder: modelsFolder() } : {}),
      })
      const isQuiet = load() < cpus().length
      later = found.later?.then(machine => remembered(machine, isQuiet)) ?? null
      repeat()
      return found.machine
    },
  }
}

const nameOf = ({ device, fileSystem, totalMiB }: NonNullable<Machine['disk']>) => `${device ?? fileSystem ?? '?'} ${totalMiB ?? '?'}`
