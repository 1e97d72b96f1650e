import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { caseOf, predict } from './predict'
import { readRows } from './rows'
import { by, byStratum, errorOf, type Score, type Scored } from './score'

/**
 * How well decode speed is predicted: every published run of tier A (llama.cpp's own scoreboards and two collections that
 * say how they measured) against what the app says of that device and model. Other tiers are told beside it.
 */
const { values } = parseArgs({ options: { json: { type: 'boolean' }, csv: { type: 'string' }, worst: { type: 'string', default: '0' } } })
const published = join(process.cwd(), 'resources', 'knowledge', 'published-perf.csv')
const say = (line: string) => process.stderr.write(`${line}\n`)

const rows = readRows(values.csv ?? published)
const scored: Scored[] = rows.map(row => {
  const each = caseOf(row)
  return { each, predicted: predict(each) }
})
const tiers = [...new Set(rows.map(row => row.tier))].sort()
// A file without tiers, or without rows of tier A, is scored whole.
const counted = tiers.includes('A') ? scored.filter(({ each }) => each.row.tier === 'A') : scored

function table(title: string, scores: Record<string, Score>): void {
  say(title)
  for (const [name, score] of Object.entries(scores)) {
    const figure = (value: number | null) => (value === null ? '-' : value.toFixed(1)).padStart(7)
    const { rows: count, median, p90, bias, within15, within20, coverage, unpredicted } = score
    say(
      `  ${name.padEnd(28)}${String(count).padStart(5)}${[median, p90, bias, within15, within20, coverage].map(figure).join('')}${String(unpredicted).padStart(5)}`,
    )
  }
}

const result = {
  strata: byStratum(counted),
  perBackend: by(counted, ({ each }) => each.backend),
  perTier: Object.fromEntries(
    tiers.map(tier => [tier === '' ? 'none' : tier, byStratum(scored.filter(({ each }) => each.row.tier === tier))]),
  ),
}
say(`  ${''.padEnd(28)} rows median    p90   bias   w15 %  w20 %  range none`)
table('strata', result.strata)
table('backend', result.perBackend)
table(
  'quantisation',
  by(counted, ({ each }) => `${each.backend} ${each.row.quantisation}`),
)
table(
  'runtime',
  by(scored, ({ each }) => `${each.row.tier} ${each.row.runtime}`),
)
const worst = [...counted].sort((a, b) => Math.abs(errorOf(b)) - Math.abs(errorOf(a))).slice(0, Number(values.worst))
for (const one of worst) {
  const { row } = one.each
  say(
    `  ${errorOf(one).toFixed(0).padStart(5)} %  ${row.device} x${row.gpus} ${row.model} ${row.quantisation} ${row.backend} ${row.depth} x${row.concurrency}: ${row.decode}, said ${one.predicted?.mid ?? 'nothing'}`,
  )
}
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
