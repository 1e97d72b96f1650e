import { join } from 'node:path'
import { copyFile, truncate } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../electron/core/lib/clock'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { createEngineLauncher } from '../../../electron/core/supervisor/engine-launcher'
import { createLedger, type RunRow } from '../../../electron/core/supervisor/ledger'
import { createSpawnLauncher } from '../../../electron/core/supervisor/spawn-launcher'
import { boot, cleanUp, collectionInMemory, fakeSpec, isAlive, pidOf } from './harness'

afterEach(cleanUp)

const root = join(import.meta.dirname, '..', '..', '..')
const canary = join(root, 'resources', 'canary', 'canary.Q8_0.gguf')
const installId = 'real-engine-test'

/** The built-in engine as it is shipped, under the guard, with its own adapter. */
async function bootReal() {
  const spawn = createSpawnLauncher({ installId })
  const engine = createEngineLauncher({ node: process.execPath, file: join(root, 'dist', 'host', 'engine.js'), spawn })
  const ledger = createLedger({ rows: collectionInMemory<RunRow>(), installId, clock: systemClock })
  return boot({ installId, launchers: { spawn, engine, service: spawn }, ledger })
}

const specFor = (path: string) => {
  const build = { ...fakeSpec('x').build, id: 'llama.cpp@built-in', kind: 'built-in', path: null }
  const model = { id: 'roundhouse/canary', title: 'Canary', path, sha256: null, facts: null }
  return fakeSpec('engine', { launch: llamaCppLaunch, spec: { build }, input: { build, model, contextTokens: 256, slots: 1 } })
}

test('the built-in engine comes up with the canary, is measured, answers with its key only, and ends politely', async () => {
  const { supervisor, states } = await bootReal()
  const instance = await supervisor.start(specFor(canary))
  const upstream = supervisor.upstream(instance.id)
  const body = JSON.stringify({ model: 'fake', max_tokens: 4, messages: [{ role: 'user', content: 'Hello' }] })
  const ask = (headers: Record<string, string>) =>
    fetch(`${instance.address ?? ''}/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  expect((await ask({ ...upstream?.headers })).status).toBe(200)
  expect((await ask({})).status).toBe(401)
  const beganMs = performance.now()
  await supervisor.stop(instance.id)
  expect(performance.now() - beganMs).toBeLessThan(2_000)
  expect(await isAlive(pidOf(instance))).toBe(false)
  expect(states()).toEqual(['starting', 'ready', 'stopping', 'stopped'])
}, 60_000)

test('a truncated model explains itself', async () => {
  const { supervisor, folder } = await bootReal()
  const path = join(folder, 'cut.gguf')
  await copyFile(canary, path)
  await truncate(path, 100_000)
  await expect(supervisor.start(specFor(path))).rejects.toMatchObject({ code: 'did-not-start' })
  const state = supervisor.list()[0]?.state
  expect(state).toMatchObject({ kind: 'failed', autopsy: { permanent: true } })
  if (state?.kind === 'failed') expect(state.autopsy.lines.length).toBeGreaterThan(0)
}, 60_000)
