import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { machineElsewhere } from '../../electron/cli/advise'
import { needSchema } from '../../electron/contract/need'
import { createCore, type Core } from '../../electron/core/core'
import { openHome } from '../../electron/core/lib/home'

/** The whole core, looking at recorded machines from one home. */
const root = join(import.meta.dirname, '..', '..')
const machines = join(root, 'test', 'fixtures', 'machines')
const folder = mkdtempSync(join(tmpdir(), 'roundhouse-recorded-'))
const need = needSchema.parse({})
let core: Core | null = null

async function look(name: string): Promise<Core> {
  await core?.dispose()
  const environment = { ...process.env, ROUNDHOUSE_HOME: folder, ROUNDHOUSE_OFFLINE: '1' }
  core = await createCore({
    ...{ home: openHome(environment), shell: 'browser', resourcesFolder: join(root, 'resources'), environment },
    ...{ workerFile: join(root, 'dist', 'host', 'worker.js'), engineFile: join(root, 'dist', 'host', 'engine.js'), engineLauncher: null },
    recorded: { name, machine: await machineElsewhere(join(machines, name)) },
    shutDown: () => undefined,
  })
  return core
}

afterEach(async () => {
  await core?.dispose()
  core = null
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what is corrected of a recorded machine stays with it over a restart, and touches no other machine', async () => {
  const first = await look('rtx4090-linux')
  const before = await first.machine.read()
  expect(before.gpus[0]?.vramMiB).toBeGreaterThan(24_000)
  first.machine.correct({ path: 'gpus.gpu0.vramMiB', value: 16_384 })
  first.machine.correct({ path: 'memory.totalMiB', value: 32_768 })
  const [small] = (await first.decide(need)).decisions
  expect(small?.memory.devices[0]?.totalMiB).toBe(16_384)

  const other = await (await look('rtx3090x2-unequal')).machine.read()
  expect(other.gpus[0]?.vramMiB).not.toBe(16_384)
  expect(other.memory.totalMiB).not.toBe(32_768)
  expect(Object.values(other.origins).filter(origin => origin.kind === 'person')).toEqual([])

  const again = await (await look('rtx4090-linux')).machine.read()
  expect(again.gpus[0]?.vramMiB).toBe(16_384)
  expect(again.origins['gpus.gpu0.vramMiB']).toMatchObject({ kind: 'person' })
})

test('what was measured on this machine says nothing of a recorded one', async () => {
  const looked = await look('cpu-server-cgroup')
  const [before] = (await looked.decide(need)).decisions
  if (!before?.speed.oneUser) throw new Error('Nothing is predicted.')
  looked.measurements.add({
    ...{ runtime: before.runtime, build: before.build ?? '', model: before.model, artifact: before.artifact },
    ...{ tokensPerSecond: before.speed.oneUser.mid * 3, ttftMs: 50, memoryMiB: null, contextTokens: before.contextTokens },
    ...{ threads: null, at: '2026-11-21T10:00:00.000Z' },
  })
  const [after] = (await looked.decide(need)).decisions
  expect(after?.speed).toEqual(before.speed)
  expect(after?.speed).toMatchObject({ basis: 'estimated', runs: { own: 0 } })
})
