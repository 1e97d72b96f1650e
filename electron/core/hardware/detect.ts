import { Failure } from '../../contract/failure'
import type { Machine } from '../../contract/machine'
import type { Background } from '../lib/background'
import { systemClock, type Clock } from '../lib/clock'
import { listToolFolders } from './find-tool'
import type { Platform, Reading } from './hardware.types'
import { earlierReading, measureBandwidth } from './measure-bandwidth'
import { parseMachine } from './parse-machine'
import { probes } from './probes'
import { writeRecording } from './recording'
import { runProbe } from './run-probe'

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
  clock?: Clock
  /** PATH to look for tools in; the process's own when absent. */
  path?: string
  /** Where the system's files are; `/` when absent. */
  root?: string
}

/** The platform we run on; others are treated as Linux, whose files they mostly have. */
export const ownPlatform = (): Platform => (process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux')

/**
 * The machine we run on: every probe is asked at once, each with its own limit, and what they left is parsed. A probe that
 * is missing, fails or hangs is said so in `probes` and stops nothing. Throws Failure('cancelled') when `signal` fires.
 */
export async function detect(options: DetectOptions): Promise<Machine> {
  const { background, record, signal, clock = systemClock, platform = ownPlatform() } = options
  const detectedAt = clock.wall()
  const world = {
    platform,
    clock,
    background,
    tools: listToolFolders({ platform, path: options.path ?? process.env['PATH'] ?? '' }),
    root: options.root ?? '/',
    modelsFolder: options.modelsFolder ?? null,
    ...(signal ? { signal } : {}),
  }
  const wanted = probes.filter(probe => probe.platforms.includes(platform) && probe.live !== 'only')
  const before = options.measuredBefore ?? null
  const measuring =
    before === null ? measureBandwidth({ background, clock, ...(signal ? { signal } : {}) }) : Promise.resolve(earlierReading(before))
  const readings = await Promise.race([Promise.all(wanted.map(probe => runProbe(probe, world))), cancelled(signal)])
  const whole = [...readings, ...(await measuringIfNeeded(parseMachine(readings, { platform, detectedAt }), measuring))]
  if (record !== undefined) await writeRecording(record, { platform, detectedAt, readings: whole })
  return parseMachine(whole, { platform, detectedAt })
}

/** What was read while the probes ran counts only where nothing better than a guess is known of the memory. */
async function measuringIfNeeded(machine: Machine, measuring: Promise<Reading>): Promise<Reading[]> {
  const isKnown = machine.memory.bandwidthGBps !== null && machine.origins['memory.bandwidthGBps']?.confidence !== 'guess'
  return isKnown ? [] : [await measuring]
}

/** Rejects when the signal fires; never settles without one. */
function cancelled(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Failure('cancelled', 'The detection was cancelled.'))
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
