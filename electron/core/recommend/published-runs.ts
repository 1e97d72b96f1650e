import * as z from 'zod'
import data from '../../../resources/knowledge/published-runs.json'
import type { SpeedEstimate } from '../../contract/decision'
import { deviceKey } from './device-key'
import type { Placement } from './placement'
import type { RecommendInput } from './recommend.types'

/** Runs by device, counted from resources/knowledge/published-perf.csv; each row there has its source. */
const { runs } = z.object({ runs: z.record(z.string(), z.int()) }).parse(data)

/** How many published runs are known of a device, by its name; 0 where there is none. */
export const publishedRunsOn = (name: string): number => runs[deviceKey(name)] ?? 0

/** What a speed can be held against: published runs on the first device of a plan, and runs of one's own here. */
export function runsKnown(
  { shares }: Placement,
  { machine, measurements }: Pick<RecommendInput, 'machine' | 'measurements'>,
): SpeedEstimate['runs'] {
  const first = shares[0]?.device
  const device = first?.kind === 'ram' ? machine.cpu.model : (first?.name ?? null)
  return device === null ? undefined : { device, published: publishedRunsOn(device), own: measurements.length }
}
