/** What the processes of this benchmark say to each other over Node's IPC. */
export type Load = {
  /** Port and path are the same for every target. */
  port: number
  streams: number
  requests: number
  tokens: number
  /** Between tokens; 0 sends flat out. */
  delayMs: number
  /** Workers start at random within this time, so that requests do not march in step. */
  jitterMs: number
}

export type LoadResult = { ttftMs: number[]; tokens: number; seconds: number; errors: number; firstError: string | null }
export type Usage = { cpuSeconds: number; peakRssMiB: number }

export type ToPart = { type: 'run'; load: Load } | { type: 'usage' }
export type FromPart = { type: 'ready'; port: number } | { type: 'result'; result: LoadResult } | { type: 'usage'; usage: Usage }

export const key = 'rh-benchmark'
export const path = '/v1/chat/completions'
/** In every token's chunk and nowhere else. */
export const tokenMark = '"content":" token'

/** Linear interpolation between the closest ranks; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)
