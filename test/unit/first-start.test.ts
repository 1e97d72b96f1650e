import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFirstStart } from '../../electron/core/first-start'
import { systemClock } from '../../electron/core/lib/clock'
import { createJobs } from '../../electron/core/lib/jobs'
import { createMeasurements } from '../../electron/core/store/measurements'
import { openStore } from '../../electron/core/store/open-store'
import type { Store } from '../../electron/core/store/store.types'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-first-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

function open() {
  const jobs = createJobs({ clock: systemClock })
  const measurements = createMeasurements(store)
  const reported: unknown[] = []
  const firstStart = createFirstStart({ store, jobs, measurements, report: error => reported.push(error) })
  const run = (kind: 'start' | 'install', work: () => Promise<string>) => jobs.finished(jobs.run({ kind, title: 'x', steps: [] }, work).id)
  return { run, firstStart, measurements, reported }
}

test('the first start that went well is remembered, over restarts; installs and failures are none', async () => {
  const { run, firstStart } = open()
  await run('install', () => Promise.resolve('build'))
  await run('start', () => Promise.reject(new Error('no memory')))
  expect(firstStart()).toBeNull()
  const first = await run('start', () => Promise.resolve('llama-cpp-1'))
  await run('start', () => Promise.resolve('llama-cpp-2'))
  expect(firstStart()).toBe(first.id)
  expect(open().firstStart()).toBe(first.id)
})

test('a home that measured something before this was kept has had its first start', () => {
  const run = { runtime: 'r', build: 'r@1', model: 'm', artifact: 'Q8_0', tokensPerSecond: 10, ttftMs: null, memoryMiB: null }
  createMeasurements(store).add({ ...run, contextTokens: null, threads: null, at: '2026-01-15T11:31:00.000Z' })
  expect(open().firstStart()).toBe('earlier')
})

test('a full disk is reported and stops no start', async () => {
  const { run, firstStart, reported } = open()
  store.database.exec("CREATE TRIGGER full BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'disk full'); END")
  expect((await run('start', () => Promise.resolve('i'))).state).toBe('done')
  expect(firstStart()).toBeNull()
  expect(String(reported[0])).toContain('disk full')
})
