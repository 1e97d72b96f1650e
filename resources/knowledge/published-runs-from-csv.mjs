// Counts the runs of published-perf.csv by device: node resources/knowledge/published-runs-from-csv.mjs > resources/knowledge/published-runs.json
import { readFileSync } from 'node:fs'
import { deviceKey } from '../../electron/core/recommend/device-key.ts'

const [head, ...rows] = readFileSync(new URL('published-perf.csv', import.meta.url), 'utf8').trim().split('\n')
if (head.split(',')[0] !== 'device') throw new Error('The first column is not the device.')
const counts = Map.groupBy(
  rows.map(row => deviceKey(row.startsWith('"') ? (/^"([^"]*)"/.exec(row)?.[1] ?? '') : row.split(',', 1)[0])),
  key => key,
)
const runs = Object.fromEntries([...counts].map(([key, { length }]) => [key, length]).sort(([a], [b]) => (a < b ? -1 : 1)))
const note = 'Published runs by device, counted from published-perf.csv by published-runs-from-csv.mjs. Not written by hand.'
process.stdout.write(`${JSON.stringify({ note, runs }, null, 2)}\n`)
