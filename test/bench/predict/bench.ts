import { parseArgs } from 'node:util'
import { across, factorsBy, kinds } from './leave-out'
import { caseOf, predict } from './predict'
import { prefillScores } from './prefill-check'
import { refit } from './refit'
import { fittedRows, foundFile, publishedFile, readRows } from './rows'
import { by, byStratum, errorOf, type Score, type Scored } from './score'

/**
 * How well decode speed is predicted: every published run of tier A (llama.cpp's own scoreboards and two collections that
 * say how they measured) against what the app's model says of that device and model, its factors fitted without that
 * device. Other tiers are told beside it. `--csv FILE` scores other rows, `--leave model` (source, runtime, fifth) leaves out
 * something else, `--across` scores all of these side by side, `--refit` writes the factors anew, `--worst N` shows the worst.
 */
const { values } = parseArgs({
  options: {
    ...{ json: { type: 'boolean' }, csv: { type: 'string' }, worst: { type: 'string', default: '0' } },
    ...{ refit: { type: 'boolean' }, across: { type: 'boolean' }, leave: { type: 'string', default: 'device' } },
  },
})
const say = (line: string) => process.stderr.write(`${line}\n`)

if (values.refit) say(`written: ${refit(new Date().toISOString().slice(0, 10))}`)

const all = fittedRows().map(caseOf)
const keyOf = kinds[values.leave]
if (!keyOf) throw new Error(`--leave takes one of ${Object.keys(kinds).join(', ')}, not ${values.leave}`)
const factorsOf = factorsBy(all, keyOf)

const scoredOf = (file: string) =>
  readRows(file).map((row, index): Scored => {
    const each = caseOf(row)
    return { each, predicted: predict(each, factorsOf(keyOf(each, index))) }
  })
const scored = scoredOf(values.csv ?? publishedFile)
const found = values.csv === undefined ? scoredOf(foundFile) : []
const tiers = [...new Set(scored.map(({ each }) => each.row.tier))].sort()
// A file without tiers, or without rows of tier A, is scored whole.
const counted = tiers.includes('A') ? scored.filter(({ each }) => each.row.tier === 'A') : scored
const result = {
  strata: byStratum(counted),
  perBackend: by(counted, ({ each }) => each.backend),
  found: by(found, ({ each }) => `${each.backend} ${each.stratum}`),
  ...(values.across ? { across: across(all) } : {}),
  unpredictable: reasons(counted),
  prefill: prefillScores(counted.map(({ each }) => each)),
  perTier: Object.fromEntries(tiers.map(tier => [tier || 'none', byStratum(scored.filter(({ each }) => each.row.tier === tier))])),
}

/** Why rows got no number, with how many. */
function reasons(list: readonly Scored[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { each, predicted } of list) {
    const why = predicted === null ? (each.why ?? 'no bandwidth is known for a device it needs') : null
    if (why !== null) counts[why] = (counts[why] ?? 0) + 1
  }
  return counts
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
table('found later, its device left out', result.found)
for (const [name, strata] of Object.entries(result.across ?? {})) table(`left out: ${name}`, strata)
for (const [name, { rows, median, within20, coverage, medianRatio }] of Object.entries(result.prefill)) {
  const figures = `${rows} rows, median error ${median} %, ${within20} % within 20 %, ${coverage} % in range, said over measured ${medianRatio}`
  say(`prefill ${name}: ${figures}`)
}
for (const [why, rows] of Object.entries(result.unpredictable)) say(`unpredictable, ${rows}: ${why}`)
const worst = [...counted].sort((a, b) => Math.abs(errorOf(b)) - Math.abs(errorOf(a))).slice(0, Number(values.worst))
for (const one of worst) {
  const { row } = one.each
  const what = `${row.device} x${row.gpus} ${row.model} ${row.quantisation} ${row.backend} ${row.depth} x${row.concurrency}`
  say(`  ${errorOf(one).toFixed(0).padStart(5)} %  ${what}: ${row.decode}, said ${one.predicted?.mid ?? 'nothing'}`)
}
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
