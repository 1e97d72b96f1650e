import type { Prediction } from '../../../electron/contract/predictions'
import { libraryName } from '../shared/model-words'

export interface Summary {
  runs: number
  /** Runs that were predicted, not counting promises that rested on an own run. */
  predicted: number
  /** Median of the absolute errors of these, percent; null without any. */
  median: number | null
  /** How many of these lie within the promised range. */
  within: number
  /** First tokens that were predicted for the prompt that measured them, and those within what was promised. */
  firstTokens: { predicted: number; within: number }
}

/** Engine tests are too small to be predicted, own runs are no prediction, and a busy machine says nothing of itself. */
const tellsNothing: readonly Prediction['flags'][number][] = ['engine-test', 'own-run', 'busy']

/** What the page says first, over the runs that tell something. */
export function summaryOf(rows: readonly Prediction[]): Summary {
  const counted = rows.filter(row => row.errorPercent !== null && !row.flags.some(flag => tellsNothing.includes(flag)))
  const errors = counted.map(row => Math.abs(row.errorPercent ?? 0)).sort((a, b) => a - b)
  const [low, high] = [errors[Math.floor((errors.length - 1) / 2)], errors[Math.ceil((errors.length - 1) / 2)]]
  const within = counted.filter(row => !row.flags.includes('outside-range')).length
  const timed = counted.filter(row => row.firstToken?.predicted)
  const firstTokens = { predicted: timed.length, within: timed.filter(row => !row.flags.includes('first-token')).length }
  const median = low === undefined || high === undefined ? null : (low + high) / 2
  return { runs: rows.length, predicted: counted.length, median, within, firstTokens }
}

/** `SmolLM2 135M Instruct Q8_0`. */
export const runName = ({ modelTitle, artifact }: Pick<Prediction, 'modelTitle' | 'artifact'>): string =>
  libraryName({ title: modelTitle, artifactId: artifact, facts: null })

/** What each flag means, in the words of the table. */
export const flagWords: Readonly<Record<Prediction['flags'][number], string>> = {
  'outside-range': 'outside its range',
  'first-token': 'first token outside its range',
  'own-run': 'from an earlier run',
  busy: 'machine was busy',
  'engine-test': 'engine test',
  'no-prediction': 'not predicted',
}
