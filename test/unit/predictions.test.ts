import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Build } from '../../electron/contract/runtime'
import { createPredictions } from '../../electron/core/predictions'
import { runtimes } from '../../electron/core/runtimes/registry'
import { createMeasurements, type Foretold } from '../../electron/core/store/measurements'
import { openStore } from '../../electron/core/store/open-store'
import type { Store } from '../../electron/core/store/store.types'
import { catalogue } from './recommend/inputs'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-predictions-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const build: Build = {
  ...{ id: 'vllm@0.32.0+cpu', runtime: 'vllm', kind: 'vllm', title: 'vLLM 0.32.0 for the processor', version: '0.32.0', variant: 'cpu' },
  ...{ origin: 'managed', path: null, backends: ['cpu'], notes: [] },
}

function open(builds: () => Promise<Build[]> = () => Promise.resolve([build])) {
  const measurements = createMeasurements(store)
  const predictions = createPredictions({ measurements, runtimes, catalogue, library: () => [], builds })
  const add = (build: string, model: string, device: string | null = null) => {
    const run = { runtime: build.split('@')[0] ?? '', build, model, artifact: 'Q8_0', tokensPerSecond: 10, ttftMs: null, memoryMiB: null }
    const foretold: Foretold = { range: null, ownRun: false, engineTest: false, device }
    measurements.add({ ...run, contextTokens: 4096, threads: 2, at: '2026-11-21T12:00:00.000Z' }, foretold)
  }
  return { predictions, add }
}

test('a run is told by the titles of its build and model, and by what computed', async () => {
  const { predictions, add } = open()
  const known = catalogue.find(each => !each.engineTest)
  add('vllm@0.32.0+cpu', known?.id ?? '', 'NVIDIA GeForce RTX 4090 + Memory (limit: cgroup)')
  expect(await predictions.list()).toMatchObject([
    { buildTitle: 'vLLM 0.32.0 for the processor', modelTitle: known?.title, model: known?.id, device: 'NVIDIA GeForce RTX 4090 + CPU' },
  ])
})

test('what is here no more is told by what is left of it; a look for builds that hangs or fails holds nothing up', async () => {
  for (const builds of [() => Promise.reject(new Error('disk')), () => new Promise<never>(() => undefined)]) {
    const { predictions, add } = open(builds)
    add('vllm@0.31.0+cpu', 'org/gone:Q8_0', 'AMD Ryzen 9 7950X 16-Core Processor')
    const [row] = await predictions.list()
    expect(row).toMatchObject({
      buildTitle: 'vLLM 0.31.0 cpu',
      modelTitle: 'org/gone:Q8_0',
      device: 'AMD Ryzen 9 7950X 16-Core Processor',
    })
  }
})

test('a deleted run is had back, until the host ends', async () => {
  const { predictions, add } = open()
  add('vllm@0.32.0+cpu', 'org/name:Q8_0')
  const [row] = await predictions.list()
  const id = row?.id ?? 0
  expect(await predictions.forget(id)).toEqual([])
  expect(await predictions.restore(id)).toEqual([row])
  await predictions.forget(id)
  await expect(open().predictions.restore(id)).rejects.toMatchObject({ code: 'not-found' })
})

test('a first token stands beside what was to be expected of its own prompt; outside of it, before those that kept to it', async () => {
  const measurements = createMeasurements(store)
  const predictions = createPredictions({ measurements, runtimes, catalogue, library: () => [], builds: () => Promise.resolve([build]) })
  const run = { runtime: 'vllm', build: build.id, artifact: 'Q8_0', tokensPerSecond: 10, memoryMiB: null, contextTokens: 4096, threads: 2 }
  const at = (minute: number) => `2026-11-21T12:0${minute}:00.000Z`
  const range = { low: 9, mid: 10, high: 11 }
  const ttft = { low: 138, mid: 230, high: 460 }
  const said = { range, ownRun: false, engineTest: false, device: null }
  measurements.add({ ...run, model: 'late', ttftMs: 920, promptTokens: 34, at: at(1) }, { ...said, ttft })
  measurements.add({ ...run, model: 'kept', ttftMs: 200, promptTokens: 34, at: at(2) }, { ...said, ttft })
  measurements.add({ ...run, model: 'slow', tokensPerSecond: 5, ttftMs: 230, promptTokens: 34, at: at(3) }, { ...said, ttft })
  measurements.add({ ...run, model: 'of before', ttftMs: 200, at: at(4) }, said)
  const rows = await predictions.list()
  expect(rows.map(({ model }) => model)).toEqual(['slow', 'late', 'kept', 'of before'])
  expect(rows.map(({ flags }) => flags)).toEqual([['outside-range'], ['first-token'], [], []])
  expect(rows.map(({ firstToken }) => firstToken)).toEqual([
    { promptTokens: 34, predicted: ttft, measured: 230, errorPercent: 0 },
    { promptTokens: 34, predicted: ttft, measured: 920, errorPercent: -75 },
    { promptTokens: 34, predicted: ttft, measured: 200, errorPercent: 15 },
    { promptTokens: null, predicted: null, measured: 200, errorPercent: null },
  ])
})
