import { Failure } from '../../contract/failure'
import type { Machine } from '../../contract/machine'
import type { Background } from '../lib/background'
import { systemClock, type Clock } from '../lib/clock'
import { listToolFolders } from './find-tool'
import type { Platform, Reading } from './hardware.types'
import { earlierDisk, measureDisk } from './measure-disk'
import { earlierReading, measureBandwidth } from './measure-bandwidth'
import { parseMachine } from './parse-machine'
import { probes } from './probes'
import { writeRecording } from './recording'
import { runProbe, type ProbeWorld } from './run-probe'

export { readRecording } from './recording'

export type DetectOptions = {
  /** Where systeminformation is run, off this loop. */
  background: Background
  platform?: Platform
  /** A folder to write a recording to. */
  record?: string
  signal?: AbortSignal
  /** Where models are kept, to look at its disk. */
  modelsFolder?: string
  /** What an earlier measurement of this machine's memory gave, in GB/s; absent or null to measure. */
  measuredBefore?: number | null
  /** What an earlier measurement of this disk gave, in MB/s; null to measure. */
  diskBefore?: (disk: NonNullable<Machine['disk']>) => number | null
  /** Measures the memory; our own 0.2 s of reading when absent. */
  measure?: () => Promise<Reading>
  clock?: Clock
  /** PATH to look for tools in; the process's own when absent. */
  path?: string
  /** Where the system's files are; `/` when absent. */
  root?: string
}

/** The platform we run on; others are treated as Linux, whose files they mostly have. */
export const ownPlatform = (): Platform => (process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux')

export type Detection = {
  /** As the probes tell it; `pending` names what is still being measured. */
  machine: Machine
  /** The same with what was measured; null where nothing has to be. Never rejects but with Failure('cancelled'). */
  later: Promise<Machine> | null
}

/**
 * The machine we run on, whole: every probe is asked at once, each with its own limit, and what they left is parsed; then its
 * memory is measured where nothing better is known. A probe that is missing, fails or hangs is said so in `probes` and stops
 * nothing. Throws Failure('cancelled') when `signal` fires.
 */
export async function detect(options: DetectOptions): Promise<Machine> {
  const { machine, later } = await detectInTwo(options)
  return later ?? machine
}

/** As `detect`, but the machine is there as soon as the probes have answered, and what takes a measurement follows. */
export async function detectInTwo(options: DetectOptions): Promise<Detection> {
  const { background, signal, clock = systemClock, platform = ownPlatform() } = options
  const context = { platform, detectedAt: clock.wall() }
  const world = worldOf(options, { clock, platform })
  const wanted = probes.filter(probe => probe.platforms.includes(platform) && probe.live !== 'only')
  const readings = await Promise.race([Promise.all(wanted.map(probe => runProbe(probe, world))), cancelled(signal)])
  const whole = async (more: readonly Reading[]) => {
    const all = [...readings, ...more]
    if (options.record !== undefined) await writeRecording(options.record, { ...context, readings: all })
    return parseMachine(all, context)
  }
  const machine = parseMachine(readings, context)
  const known = [...earlierBandwidth(machine, options), ...earlierSpeed(machine, options)]
  const { measure = () => measureBandwidth({ background, clock, ...(signal ? { signal } : {}) }) } = options
  const isMeasured = isBandwidthKnown(machine) || known.some(({ run }) => run.probe === 'memory-bandwidth')
  const isDiskKnown = !options.modelsFolder || known.some(({ run }) => run.probe === 'disk-speed')
  if (isMeasured && isDiskKnown) return { machine: await whole(known), later: null }
  // One after the other: what reads the disk would slow the memory.
  const measureAll = async () => {
    const memory = isMeasured ? null : await measure()
    const disk = isDiskKnown ? null : await measureDisk(options.modelsFolder ?? '', { clock, platform })
    return whole([...known, memory, disk].filter(reading => reading !== null))
  }
  const first = known.length === 0 ? machine : parseMachine([...readings, ...known], context)
  return { machine: isMeasured ? first : measuring(first), later: Promise.race([measureAll(), cancelled(signal)]) }
}

const worldOf = (options: DetectOptions, { clock, platform }: { clock: Clock; platform: Platform }): ProbeWorld => ({
  ...{ platform, clock, background: options.background, root: options.root ?? '/', modelsFolder: options.modelsFolder ?? null },
  tools: listToolFolders({ platform, path: options.path ?? process.env['PATH'] ?? '' }),
  ...(options.signal ? { signal: options.signal } : {}),
})

const earlierBandwidth = (machine: Machine, { measuredBefore = null }: DetectOptions) =>
  measuredBefore === null || isBandwidthKnown(machine) ? [] : [earlierReading(measuredBefore)]

function earlierSpeed({ disk }: Machine, { diskBefore }: DetectOptions): Reading[] {
  const before = disk ? (diskBefore?.(disk) ?? null) : null
  return before === null ? [] : [earlierDisk(before)]
}

/** What reading it gives counts only where nothing better than a guess is known of the memory. */
const isBandwidthKnown = ({ memory, origins }: Machine) =>
  memory.bandwidthGBps !== null && origins['memory.bandwidthGBps']?.confidence !== 'guess'

function measuring(machine: Machine): Machine {
  const path = 'memory.bandwidthGBps'
  const unknown = path in machine.unknown ? { ...machine.unknown, [path]: 'It is being measured, which takes a second.' } : machine.unknown
  return { ...machine, unknown, pending: [path] }
}

/** Rejects when the signal fires; never settles without one. */
function cancelled(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Failure('cancelled', 'The detection was cancelled.'))
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
