import type { Machine } from '../../contract/machine'
import type { Collected } from './collect'
import type { Warning } from './hardware.types'
import { probed, type Ledger } from './ledger'

/** The disk below the models folder; its speed only where it was measured, else its kind is all that is said. */
export function buildDisk({ disk: { facts, from } }: Collected, ledger: Ledger): Machine['disk'] {
  const { kind = null, fileSystem = null, totalMiB, freeMiB = null, device = null, readMBps } = facts
  if (totalMiB === null || totalMiB === undefined) return null
  const known = { kind, fileSystem, totalMiB, freeMiB, device }
  if (readMBps === null || readMBps === undefined) return known
  ledger.origins['disk.readMBps'] = { ...probed(from.readMBps ?? 'a measurement'), confidence: 'likely' }
  return { ...known, readMBps }
}

/** Below this a model of 10 GB takes more than a minute to come up. */
const slowMBps = 160

export function diskWarnings(disk: Machine['disk']): Warning[] {
  const rate = disk?.readMBps ?? null
  if (rate === null || rate >= slowMBps) return []
  const seconds = Math.round(10_000 / Math.max(1, rate))
  return [
    {
      code: 'disk-slow',
      text: `The disk of the models folder reads ${rate} MB/s: a model of 10 GB takes about ${seconds} s to load from it.`,
    },
  ]
}
