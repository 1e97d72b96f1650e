import type { Prediction } from '../../../electron/contract/predictions'

export interface Summary {
  runs: number
  /** Runs that were predicted, not counting promises that rested on an own run. */
  predicted: number
  /** Median of the absolute errors of these, percent; null without any. */
  median: number | null
  /** How many of these lie within the promised range. */
  within: number
}

/** What the page says first. Engine tests are left out: they are too small to be predicted. */
export function summaryOf(rows: readonly Prediction[]): Summary {
  const counted = rows.filter(row => row.errorPercent !== null && !row.flags.includes('engine-test') && !row.flags.includes('own-run'))
  const errors = counted.map(row => Math.abs(row.errorPercent ?? 0)).sort((a, b) => a - b)
  const [low, high] = [errors[Math.floor((errors.length - 1) / 2)], errors[Math.ceil((errors.length - 1) / 2)]]
  const within = counted.filter(row => !row.flags.includes('outside-range')).length
  return { runs: rows.length, predicted: counted.length, median: low === undefined || high === undefined ? null : (low + high) / 2, within }
}

/** What each flag means, in the words of the table. */
export const flagWords: Readonly<Record<Prediction['flags'][number], string>> = {
  'outside-range': 'outside its range',
  'own-run': 'from an earlier run',
  'engine-test': 'engine test',
  'no-prediction': 'not predicted',
}
