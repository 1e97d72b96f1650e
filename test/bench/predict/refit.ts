import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fit, residualsWithout, samplesOf } from './fit'
import { caseOf } from './predict'
import { withRanges } from './ranges'
import { fittedRows } from './rows'

/**
 * Fits resources/knowledge/speed-factors.json anew: `npm run bench:predict -- --refit`.
 * What no run tells stays as argued in priors.ts.
 */
export function refit(today: string): string {
  const folder = join(process.cwd(), 'resources', 'knowledge')
  const cases = fittedRows().map(caseOf)
  const samples = samplesOf(cases)
  const residuals = residualsWithout(samples, ({ each }) => each.deviceKey)
  const batched = cases.filter(each => each.stratum === 'batched')
  const { groups, routing } = withRanges(fit(samples, batched), residuals)
  const note =
    'Fitted on the tier A rows of published-perf.csv and on test/bench/predict/found.csv by test/bench/predict/refit.ts; meaning of each in electron/core/recommend/speed-factors.ts, start of the fit in test/bench/predict/priors.ts. low and high: bounds of measured over predicted that hold 80 % of a device left out.'
  const lines = Object.entries(groups).map(([name, group]) => `    ${JSON.stringify(name)}: ${JSON.stringify(group, rounded)}`)
  const text = `{\n  "note": ${JSON.stringify(note)},\n  "fitted": "${today}",\n  "rows": ${samples.length},\n  "routing": ${Number(routing.toFixed(2))},\n  "groups": {\n${lines.join(',\n')}\n  }\n}\n`
  const file = join(folder, 'speed-factors.json')
  writeFileSync(file, text)
  return file
}

const rounded = (_key: string, value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(3)) : value)
