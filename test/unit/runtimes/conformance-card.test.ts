import { expect, test } from 'vitest'
import { conformanceSchema, type ConformanceRecord } from '../../../electron/contract/conformance'
import { conformanceRecords } from '../../../electron/core/builds/knowledge'
import { apiFeatures } from '../../../electron/core/runtimes/api-facts'
import { conformanceCard } from '../../../electron/core/runtimes/conformance-card'
import { runtimes } from '../../../electron/core/runtimes/registry'

const runtime = {
  id: 'some',
  api: {
    features: { chat: { support: 'native' }, tools: { support: 'refused', why: 'It has none.' }, seed: { support: 'gateway' } },
    builds: { small: { tools: { support: 'ignored' } } },
    source: 'https://example.org/api',
  },
} as const

const record = (change: Partial<ConformanceRecord>): ConformanceRecord => ({
  ...{ runtime: 'some', build: 'big', version: '1.2', day: '2026-11-21', check: 'chat', result: 'works', why: null },
  ...change,
})
const lineOf = (check: string, build: string | null, records: ConformanceRecord[] = []) =>
  conformanceCard(runtime, build, records).find(each => each.check === check)

test('what was seen comes before what is declared, and the newest before the older', () => {
  const records = [record({ result: 'failed' }), record({ why: 'in 3 ms' }), record({ runtime: 'other', result: 'refused' })]
  expect(lineOf('chat', 'big', records)).toMatchObject({ result: 'works', why: 'in 3 ms', known: { kind: 'seen', version: '1.2' } })
  expect(lineOf('chat', 'small', records)).toMatchObject({ result: 'works', known: { kind: 'declared', source: runtime.api.source } })
})

test('declared features have words of their own, and kinds of build may differ', () => {
  expect(lineOf('tools', 'big')).toMatchObject({ result: 'refused', why: 'It has none.' })
  expect(lineOf('tools', 'small')).toMatchObject({ result: 'ignored', why: null })
  expect(lineOf('seed', null)).toMatchObject({ result: 'emulated' })
  expect(lineOf('vision', null)).toMatchObject({ result: 'unknown', known: { kind: 'nothing' } })
})

test('a card has every feature once, and the checks of its life behind them', () => {
  const card = conformanceCard(runtime, 'big', [record({ check: 'stop-idle' })])
  expect(card.map(each => each.check)).toEqual([...apiFeatures, 'stop-idle'])
})

test('what is shipped was seen of runtimes that are known, and no adapter contradicts it', () => {
  expect(conformanceRecords.length).toBeGreaterThan(50)
  for (const { runtime: id, check, result, build } of conformanceRecords) {
    expect(runtimes.map(each => each.id)).toContain(id)
    expect([id, build, check, result]).not.toEqual([id, build, check, 'failed'])
  }
  for (const known of runtimes) for (const line of conformanceCard(known, null, conformanceRecords)) conformanceSchema.parse(line)
})
