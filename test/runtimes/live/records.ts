import { readFile, writeFile } from 'node:fs/promises'
import * as z from 'zod'
import { conformanceRecordSchema, type ConformanceRecord, type ConformanceResult } from '../../../electron/contract/conformance'
import type { TimedRow } from './rows'

const fileSchema = z.object({ source: z.string(), records: z.array(conformanceRecordSchema) })

const results: Readonly<Record<NonNullable<TimedRow['seen']>, ConformanceResult>> = {
  native: 'works',
  gateway: 'emulated',
  ignored: 'ignored',
  refused: 'refused',
}

/** What a live row says for the card; null when nothing was tried. */
export function recordOfRow(row: TimedRow, day: string): ConformanceRecord | null {
  if (!row.live || row.result === 'skip') return null
  const { runtime, build, version, check } = row
  const result = row.result === 'fail' ? 'failed' : results[row.seen ?? 'native']
  return { runtime, build, version, day, check, result, why: row.why ?? null }
}

/** Replaces what the file says of the builds that were driven now, and keeps the rest. */
export async function saveRecords(file: string, rows: readonly TimedRow[], now = new Date()): Promise<void> {
  const day = now.toISOString().slice(0, 10)
  const fresh = rows.map(row => recordOfRow(row, day)).filter(each => each !== null)
  const known = fileSchema.safeParse(JSON.parse(await readFile(file, 'utf8').catch(() => '{}')))
  const driven = new Set(fresh.map(each => `${each.runtime} ${each.build}`))
  const kept = known.success ? known.data.records.filter(each => !driven.has(`${each.runtime} ${each.build}`)) : []
  const source = 'npm run test:runtimes -- --save: driven through the app, on the day and with the version of each row'
  const lines = [...kept, ...fresh].map(each => `    ${JSON.stringify(each)}`)
  await writeFile(file, `{\n  "source": ${JSON.stringify(source)},\n  "records": [\n${lines.join(',\n')}\n  ]\n}\n`)
}
