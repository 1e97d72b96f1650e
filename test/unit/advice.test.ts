import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAdvice, type AdviceDeps } from '../../electron/core/advice'
import { runtimes } from '../../electron/core/runtimes/registry'
import { createMeasurements } from '../../electron/core/store/measurements'
import { openStore } from '../../electron/core/store/open-store'
import type { Store } from '../../electron/core/store/store.types'
import { catalogue } from './recommend/inputs'
import { machineOf } from './recommend/machines'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-advice-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

function adviceWith(changes: Partial<AdviceDeps>) {
  const reported: unknown[] = []
  const advice = createAdvice({
    ...{ runtimes, catalogue, measurements: createMeasurements(store), simulations: null },
    ...{ machine: () => Promise.resolve(machineOf()), library: () => [], reachable: () => ({ hub: false, pypi: false, checkedAt: null }) },
    ...{ findBuilds: () => Promise.resolve([]), findOffers: () => Promise.resolve([]), savedSettings: () => ({}) },
    engineTest: () => Promise.resolve(null),
    ...{ pointers: () => new Map(), offersCame: () => undefined, report: error => reported.push(error) },
    ...changes,
  })
  return { advice, reported }
}

test('a look that failed is not remembered: the next question looks again', async () => {
  let asked = 0
  const { advice } = adviceWith({
    findBuilds: () => (++asked === 1 ? Promise.reject(new Error('the folder was away')) : Promise.resolve([])),
  })
  await expect(advice.summaries()).rejects.toThrow('the folder was away')
  expect((await advice.summaries()).length).toBe(runtimes.length)
})

test('a source of builds that fails takes its own offers away, is reported, and ends nothing', async () => {
  const unheard: unknown[] = []
  const listen = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', listen)
  const { advice, reported } = adviceWith({ findOffers: () => Promise.reject(new Error('no index')) })
  expect((await advice.summaries()).every(each => each.offers.length === 0)).toBe(true)
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  expect(reported.length).toBeGreaterThan(0)
  expect(unheard).toEqual([])
})
