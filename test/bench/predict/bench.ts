import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { shippedFactors, type SpeedFactors } from '../../../electron/core/recommend/speed-factors'
import { fit, residualsWithout, samplesOf, withRanges } from './fit'
import { caseOf, predict, type Case } from './predict'
import { prefillScores } from './prefill-check'
import { refit } from './refit'
import { readRows } from './rows'
import { by, byStratum, errorOf, type Score, type Scored } from './score'

/**
 * How well decode speed is predicted: every published run of tier A (llama.cpp's own scoreboards and two collections that
 * say how they measured) against what the app's model says of that device and model, its factors fitted without that
 * device. Other tiers are told beside it. `--csv FILE` scores other rows, `--models` leaves models out instead of devices,
 * `--refit` writes the factors anew, `--worst N` shows the worst.
 */
const { values } = parseArgs({
  options: {
    ...{ json: { type: 'boolean' }, csv: { type: 'string' }, worst: { type: 'string', default: '0' } },
    ...{ refit: { type: 'boolean' }, models: { type: 'boolean' } },
  },
})
const published = join(process.cwd(), 'resources', 'knowledge', 'published-perf.csv')
const say = (line: string) => process.stderr.write(`${line}\n`)

if (values.refit) say(`written: ${refit(new Date().toISOString().slice(0, 10))}`)

const all = readRows(published)
  .filter(row => row.tier === 'A')
  .map(caseOf)
const known = samplesOf(all)
const modelKey = (model: string) => model.toLowerCase().replace(/[^a-z0-9]+/g, '')
/** What is left out together. */
const keyOf = (each: Case) => (values.models ? modelKey(each.row.model) : each.deviceKey)
const residuals = residualsWithout(known, ({ each }) => each.deviceKey)
const fitted = new Map<string, SpeedFactors>()

/** Factors from all published runs but those of this device; for a device that is not among them the ones the app ships. */
function factorsWithout(each: Case): SpeedFactors {
  const key = keyOf(each)
  const made = fitted.get(key)
  if (made) return made
  const others = known.filter(sample => keyOf(sample.each) !== key)
  const batched = all.filter(other => other.stratum === 'batched' && keyOf(other) !== key)
  const ranges = residuals.filter(one => one.deviceKey !== each.deviceKey)
  const factors = others.length === known.length ? shippedFactors : withRanges(fit(others, batched), ranges)
  fitted.set(key, factors)
  return factors
}

const scored: Scored[] = readRows(values.csv ?? published).map(row => {
  const each = caseOf(row)
  return { each, predicted: predict(each, factorsWithout(each)) }
})
const tiers = [...new Set(scored.map(({ each }) => each.row.tier))].sort()
// A file without tiers, or without rows of tier A, is scored whole.
const counted = tiers.includes('A') ? scored.filter(({ each }) => each.row.tier === 'A') : scored
const result = {
  strata: byStratum(counted),
  perBackend: by(counted, ({ each }) => each.backend),
  prefill: prefillScores(counted.map(({ each }) => each)),
  perTier: Object.fromEntries(tiers.map(tier => [tier || 'none', byStratum(scored.filter(({ each }) => each.row.tier === tier))])),
}

function table(title: string, scores: Record<string, Score>): void {
  say(title)
  for (const [name, score] of Object.entries(scores)) {
    const figure = (value: number | null) => (value === null ? '-' : value.toFixed(1)).padStart(7)
    const { rows, median, p90, bias, within15, within20, coverage, unpredicted } = score
    const figures = [median, p90, bias, within15, within20, coverage].map(figure).join('')
    say(`  ${name.padEnd(28)}${String(rows).padStart(5)}${figures}${String(unpredicted).padStart(5)}`)
  }
}

say(`  ${''.padEnd(28)} rows median    p90   bias   w15 %  w20 %  range none`)
table('strata', result.strata)
table('backend', result.perBackend)
table(
  'quantisation',
  by(counted, ({ each }) => `${each.backend} ${each.row.quantisation}`),
)
table(
  'runtime, all tiers',
  by(scored, ({ each }) => `${each.row.tier} ${each.row.runtime}`),
)
for (const [name, { rows, median, medianRatio }] of Object.entries(result.prefill)) {
  say(`prefill ${name}: ${rows} rows, median error ${median} %, said over measured ${medianRatio}`)
}
const worst = [...counted].sort((a, b) => Math.abs(errorOf(b)) - Math.abs(errorOf(a))).slice(0, Number(values.worst))
for (const one of worst) {
  const { row } = one.each
  const what = `${row.device} x${row.gpus} ${row.model} ${row.quantisation} ${row.backend} ${row.depth} x${row.concurrency}`
  say(`  ${errorOf(one).toFixed(0).padStart(5)} %  ${what}: ${row.decode}, said ${one.predicted?.mid ?? 'nothing'}`)
}
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
