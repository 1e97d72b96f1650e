import { shippedFactors, type SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { fit, residualsWithout, samplesOf } from './fit'
import { predict, type Case } from './predict'
import { withRanges } from './ranges'
import { byStratum, type Score, type Scored } from './score'

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '')

/** What is left out together, by name of the kind. */
export const kinds: Readonly<Record<string, (each: Case, index: number) => string>> = {
  device: each => each.deviceKey,
  // `llama-2-7b`, `Llama 2 7B` and `Llama 7B` are one and the same shape.
  model: each => plain(each.row.model).replace('llama7b', 'llama27b'),
  source: each => each.row.source,
  runtime: each => `${each.backend} ${each.row.runtime}`,
  fifth: (_, index) => String((index * 7919 + 13) % 5),
}

/**
 * Factors from all published runs but those of a key, ranges included; for a key that no published run has the ones the app
 * ships. Made when first asked for.
 */
export function factorsBy(published: readonly Case[], keyOf: (each: Case, index: number) => string): (key: string) => SpeedFactors {
  const keys = new Map(published.map((each, index) => [each, keyOf(each, index)]))
  const samples = samplesOf(published)
  const residuals = residualsWithout(samples, ({ each }) => each.deviceKey)
  const made = new Map<string, SpeedFactors>()
  return key => {
    const others = samples.filter(({ each }) => keys.get(each) !== key)
    if (others.length === samples.length) return shippedFactors
    const known = made.get(key)
    if (known) return known
    const batched = published.filter(each => each.stratum === 'batched' && keys.get(each) !== key)
    const factors = withRanges(
      fit(others, batched),
      residuals.filter(({ each }) => keys.get(each) !== key),
    )
    made.set(key, factors)
    return factors
  }
}

/** Scores of the published runs, each predicted without what it is left out with: its device, its model, its source and so on. */
export function across(published: readonly Case[]): Record<string, Record<string, Score>> {
  return Object.fromEntries(
    Object.entries(kinds).map(([name, keyOf]) => {
      const factorsOf = factorsBy(published, keyOf)
      const scored = published.map((each, index): Scored => ({ each, predicted: predict(each, factorsOf(keyOf(each, index))) }))
      return [name, byStratum(scored)]
    }),
  )
}
