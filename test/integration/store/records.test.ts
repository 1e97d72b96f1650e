import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { samplingSchema, type Generation, type Pane, type Turn } from '../../../electron/contract/compare'
import { createComparisonRecords } from '../../../electron/core/store/comparisons'
import { createMeasurements, type Measurement } from '../../../electron/core/store/measurements'
import { openStore } from '../../../electron/core/store/open-store'
import type { Store } from '../../../electron/core/store/store.types'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-records-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = '2026-03-01T10:00:00.000Z'
const pane = (id: string): Pane => ({ id, route: `route-${id}`, sampling: samplingSchema.parse({}) })
const generation = (id: string, paneId: string, state: Generation['state'] = 'done'): Generation => ({
  id,
  paneId,
  route: `route-${paneId}`,
  instanceId: null,
  runtimeTitle: 'llama.cpp',
  modelTitle: null,
  state,
  text: `text of ${id}`,
  reasoning: '',
  stats: { ttftMs: 12.5, tokensPerSecond: null, promptTokens: 3, outputTokens: null, totalMs: null, finish: null },
  error: null,
  startedAt: at,
})
const turn = (id: string, generations: Generation[]): Turn => ({ id, prompt: `ask ${id}`, createdAt: at, mode: 'at-once', generations })

test('a comparison comes back as it was stored: panes, turns and generations in order', () => {
  const records = createComparisonRecords(store)
  const head = { id: 'c1', title: 'First', createdAt: at, updatedAt: at, panes: [pane('a'), pane('b')] }
  records.create(head)
  const turns = [turn('t1', [generation('g1', 'a'), generation('g2', 'b', 'stopped')]), turn('t2', [generation('g3', 'a')])]
  for (const each of turns) records.addTurn('c1', each)
  expect(records.get('c1')).toEqual({ ...head, turns })
  expect(records.list()).toEqual([{ id: 'c1', title: 'First', updatedAt: at, turns: 2, panes: 2 }])
  records.replaceGeneration('t1', generation('g9', 'a', 'waiting'))
  expect(records.get('c1')?.turns[0]?.generations.map(each => each.id)).toEqual(['g9', 'g2'])
  records.remove('c1')
  expect(records.get('c1')).toBeNull()
  expect(store.database.prepare('SELECT count(*) AS left FROM generations').get()).toEqual({ left: 0 })
})

test('what was being written when the host ended is interrupted and keeps its text', () => {
  const records = createComparisonRecords(store)
  records.create({ id: 'c1', title: '', createdAt: at, updatedAt: at, panes: [pane('a')] })
  records.addTurn('c1', turn('t1', [generation('g1', 'a', 'streaming'), generation('g2', 'b')]))
  store.close()
  store = openStore(folder)
  const [running, done] = createComparisonRecords(store).get('c1')?.turns[0]?.generations ?? []
  expect(running).toMatchObject({ state: 'interrupted', text: 'text of g1', error: expect.stringContaining('ended while') })
  expect(done).toEqual(generation('g2', 'b'))
})

test('measurements: what was said stands beside what came, wrong ones first, and a row can be left out or deleted', () => {
  const measurements = createMeasurements(store)
  const run = (model: string, tokensPerSecond: number): Measurement => ({
    ...{ runtime: 'r', build: 'r@1', model, artifact: 'Q4_0', tokensPerSecond, ttftMs: null, memoryMiB: null, contextTokens: 4096 },
    ...{ threads: 2, at },
  })
  const range = { low: 90, mid: 100, high: 110 }
  const foretold = { range, ownRun: false, engineTest: false, device: 'Memory' }
  measurements.add(run('right', 100), foretold)
  measurements.add(run('slow', 50), foretold)
  measurements.add(run('near', 95), { ...foretold, ownRun: true })
  measurements.add(run('unknown', 10))
  const rows = measurements.predictions()
  expect(rows.map(row => [row.model, row.errorPercent, row.flags])).toEqual([
    ['slow', 100, ['outside-range']],
    ['near', 5.3, ['own-run']],
    ['right', 0, []],
    ['unknown', null, ['no-prediction']],
  ])
  expect(rows[0]).toMatchObject({ when: at, predicted: range, measured: 50, device: 'Memory', contextTokens: 4096, calibrates: true })

  const [slow, near] = rows
  measurements.calibrate(slow?.id ?? 0, false)
  expect(measurements.all().map(each => each.model)).not.toContain('slow')
  expect(measurements.predictions()[0]?.calibrates).toBe(false)
  measurements.calibrate(slow?.id ?? 0, true)
  expect(measurements.all().map(each => each.model)).toContain('slow')
  measurements.forget(near?.id ?? 0)
  expect(measurements.predictions().map(row => row.model)).toEqual(['slow', 'right', 'unknown'])
  // It can be had back as it was, once, and only by the host that deleted it.
  expect(measurements.restore(near?.id ?? 0)).toBe(true)
  expect(measurements.predictions()).toEqual(rows)
  expect(measurements.restore(near?.id ?? 0)).toBe(false)
  expect(createMeasurements(store).restore(slow?.id ?? 0)).toBe(false)
})

test('measurements: what was measured on a busy machine is told so and corrects nothing until the person says so', () => {
  const measurements = createMeasurements(store)
  const busy = { ...{ runtime: 'r', build: 'r@1', model: 'm', artifact: 'Q4_0', tokensPerSecond: 9 }, at }
  const foretold = { range: null, ownRun: false, engineTest: false, device: null, busy: true }
  measurements.add({ ...busy, ttftMs: null, memoryMiB: null, contextTokens: null, threads: null }, foretold)
  expect(measurements.all()).toEqual([])
  const [row] = measurements.predictions()
  expect(row).toMatchObject({ flags: ['busy', 'no-prediction'], calibrates: false })
  measurements.calibrate(row?.id ?? 0, true)
  expect(measurements.all()).toHaveLength(1)
})

test('measurements: the newest of each key counts, and old ones are pruned', () => {
  const measurements = createMeasurements(store)
  const key = { runtime: 'llama.cpp', build: 'llama.cpp@b1+cpu', model: 'org/name', artifact: 'Q4_0' }
  const measured = (minute: number, tokensPerSecond: number): Measurement => ({
    ...key,
    tokensPerSecond,
    ttftMs: null,
    memoryMiB: 100.5,
    contextTokens: 1024,
    threads: 2,
    promptTokens: null,
    at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`,
  })
  for (let minute = 30; minute > 0; minute -= 1) measurements.add(measured(minute, minute))
  measurements.add({ ...measured(5, 7), build: 'other' })
  expect(measurements.latest(key)).toEqual(measured(30, 30))
  expect(measurements.latest({ ...key, model: 'none' })).toBeNull()
  expect(measurements.all().map(each => [each.build, each.tokensPerSecond])).toEqual([
    ['llama.cpp@b1+cpu', 30],
    ['other', 7],
  ])
  expect(store.database.prepare('SELECT count(*) AS rows FROM measurements').get()).toEqual({ rows: 21 })
})
