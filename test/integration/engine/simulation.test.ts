import { execa } from 'execa'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MemoryEstimate } from '../../../electron/contract/decision'
import type { LibraryModel } from '../../../electron/contract/model'
import type { Build } from '../../../electron/contract/runtime'
import { readModel } from '../../../electron/core/models/read-model'
import { estimateStart } from '../../../electron/core/recommend/estimate-start'
import { withSimulation } from '../../../electron/core/recommend/simulated-memory'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { createSimulations, type Asked, type SimulationRow, type Simulations } from '../../../electron/core/simulations'
import { runBriefly } from '../../../electron/core/supervisor/brief-run'
import { createEngineLauncher } from '../../../electron/core/supervisor/engine-launcher'
import { createServiceLauncher } from '../../../electron/core/supervisor/service-launcher'
import { createSpawnLauncher } from '../../../electron/core/supervisor/spawn-launcher'
import { systemClock } from '../../../electron/core/lib/clock'
import { tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { machineOf } from '../../unit/recommend/machines'
import { canaryFile } from './running-engine'

/** The real built-in engine, asked what a start would take. */
let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulation-'))
  file = join(folder, 'canary.gguf')
  await copyFile(canaryFile, file)
})
afterAll(() => rm(folder, { recursive: true }))

const engineFile = join(import.meta.dirname, '..', '..', '..', 'dist', 'host', 'engine.js')
const environment = process.env

function simulations() {
  const kept = memoryCollection<SimulationRow>()
  const spawn = createSpawnLauncher({ installId: 'simulation-test' })
  const engine = createEngineLauncher({ node: process.execPath, file: engineFile, spawn })
  const launchers = { spawn, engine, service: createServiceLauncher({ spawn, environment }) }
  let runs = 0
  const service = createSimulations({
    ...{ kept, clock: systemClock },
    run(process, options) {
      runs++
      return runBriefly(launchers, process, options)
    },
  })
  return { kept, of: service.of, runs: () => runs }
}

const build: Build = {
  ...{ id: 'llama.cpp@3.21.1+built-in', runtime: 'llama.cpp', kind: 'built-in', title: 'Built-in engine', version: '3.21.1' },
  ...{ variant: null, path: null, origin: 'bundled', backends: ['cpu'], notes: [] },
}
const modelAt = (path: string): LibraryModel => ({
  ...{ id: 'local/canary:Q8_0', title: 'Canary', catalogueId: null, artifactId: null, path, facts: readModel({ path: canaryFile }) },
  ...{ origin: 'imported', state: 'ready', why: null, bytes: 2_824_608, sha256: null, engineTest: false, addedAt: '' },
})
const asked = (changes: Partial<Asked> = {}): Asked => ({
  ...{ runtime: llamaCpp, build, model: modelAt(file), contextTokens: 1024, slots: 2, kvQuantisation: 'f16' },
  ...{ gpuLayers: 0, layers: 4, settings: {}, flags: [], ...changes },
})

async function rowsOf(answer: Promise<Awaited<ReturnType<Simulations['of']>>>) {
  const result = await answer
  if (!result || 'why' in result) throw new Error(`it did not reckon: ${result?.why ?? 'too slow'}`)
  return result
}
const mibOf = (memory: MemoryEstimate) => memory.simulation?.simulatedMiB ?? Number.NaN

describe('what the engine says that a start would take', () => {
  test(
    'comes from llama.cpp itself, agrees with the formula, and is asked once for a file and its settings',
    { timeout: 60_000 },
    async () => {
      const { of, runs, kept } = simulations()
      const [first, second] = await Promise.all([rowsOf(of(asked(), 30_000)), rowsOf(of(asked(), 30_000))])
      expect(second).toEqual(first)
      const { facts } = modelAt(file)
      expect(first.rows).toMatchObject([{ device: 'Host', weightsMiB: expect.closeTo((facts?.tensorBytes ?? 0) / 1024 ** 2, 1) as number }])
      const { memory } = estimateStart({
        ...{ machine: machineOf(), runtime: llamaCpp, build, model: modelAt(file), known: null, contextTokens: 1024, slots: 2 },
        ...{ request: { kvQuantisation: null, gpuLayers: null }, measurements: [] },
      })
      const simulated = withSimulation(memory, first)
      expect(simulated.simulation).toMatchObject({ by: 'llama.cpp in the built-in engine', why: null })
      expect(Math.abs(mibOf(simulated) - (simulated.simulation?.formulaMiB ?? 0))).toBeLessThan(4)
      expect(await of(asked(), 0)).toMatchObject({ rows: first.rows })
      expect(runs()).toBe(1)
      const more = withSimulation(memory, await rowsOf(of(asked({ contextTokens: 2048 }), 30_000)))
      expect(mibOf(more)).toBeGreaterThan(mibOf(simulated))
      expect(kept.all()).toHaveLength(2)
    },
  )

  test('is null while it is not there, and a start does not wait longer than it said', { timeout: 60_000 }, async () => {
    const { of } = simulations()
    const began = performance.now()
    expect(await of(asked(), 20)).toBeNull()
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(await of(asked(), 30_000)).toMatchObject({ by: expect.any(String) as string })
  })

  test('of a model that it does not know is a reason, not a guess', { timeout: 60_000 }, async () => {
    const unheardOf = join(folder, 'unheard-of.gguf')
    await writeFile(unheardOf, writeGguf(tinyModel('unheard-of', 2, {})))
    const { of, kept } = simulations()
    expect(await of(asked({ model: modelAt(unheardOf) }), 30_000)).toMatchObject({
      why: expect.stringContaining('did not reckon') as string,
    })
    expect(kept.all()).toEqual([])
  })

  test('is not asked of those that cannot', async () => {
    const { of, runs } = simulations()
    const { simulation: _none, ...other } = llamaCpp
    const why = async (changes: Partial<Asked>) => {
      const result = await of(asked(changes), 0)
      return result && 'why' in result ? result.why : null
    }
    expect(await why({ runtime: other })).toContain('cannot reckon')
    expect(await why({ build: { ...build, origin: 'running' } })).toContain('runs already')
    expect(await why({ draft: modelAt(file) })).toContain('two models')
    expect(runs()).toBe(0)
  })

  test('a server that never says it is ended when the time is over', { timeout: 60_000 }, async () => {
    const spawn = createSpawnLauncher({ installId: 'simulation-test' })
    const launchers = { spawn, engine: spawn, service: createServiceLauncher({ spawn, environment }) }
    const quiet = { kind: 'spawn', file: '/bin/sh', args: ['-c', 'echo begins; exec sleep 97'], env: {}, cwd: null } as const
    const run = await runBriefly(launchers, quiet, { runId: 'quiet', enough: /never/, timeoutMs: 300, now: systemClock.monotonicMs })
    expect(run).toMatchObject({ ended: 'timed-out', lines: ['begins'] })
    const { stdout } = await execa('ps', ['-eo', 'args'])
    expect(stdout.split('\n').filter(line => line === 'sleep 97')).toEqual([])
  })
})
