import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRequestSchema } from '../../electron/contract/instance'
import type { Job } from '../../electron/contract/job'
import { createCore, type Core } from '../../electron/core/core'
import { openHome } from '../../electron/core/lib/home'

/**
 * Two versions of llama.cpp's server from PyPI, installed side by side, compared on the real engine test, switched, gone back on,
 * damaged, repaired and removed. Needs the network: run with ROUNDHOUSE_LIVE=1 and the path of this file.
 */
const root = join(import.meta.dirname, '..', '..')
const plan = 'llama.cpp/xllamacpp/pypi-xllamacpp'
const versions = { old: '2026.9.11063', new: '2026.10.11549' }
const ids = { old: `llama.cpp@${versions.old}+xllamacpp`, new: `llama.cpp@${versions.new}+xllamacpp` }
const live = Boolean(process.env['ROUNDHOUSE_LIVE'])
let folder: string
let core: Core

beforeAll(async () => {
  if (!live) return
  folder = await mkdtemp(join(tmpdir(), 'update-live-'))
  const environment = { ...process.env, ROUNDHOUSE_HOME: folder, ROUNDHOUSE_GITHUB: 'http://127.0.0.1:9' }
  core = await createCore({
    ...{ home: openHome(environment), shell: 'browser', resourcesFolder: join(root, 'resources'), environment, engineLauncher: null },
    ...{ workerFile: join(root, 'dist', 'host', 'worker.js'), engineFile: join(root, 'dist', 'host', 'engine.js') },
    shutDown: () => undefined,
  })
}, 60_000)

afterAll(async () => {
  if (!live) return
  await core.dispose()
  await rm(folder, { recursive: true, force: true })
})

const ended = async (job: Job | Promise<Job>) => core.jobs.finished((await job).id)
const detail = async () => {
  const found = (await core.runtimes.snapshot()).runtimes.find(each => each.id === 'llama.cpp')
  if (!found) throw new Error('it is not in the snapshot')
  return found
}
const active = async () => (await detail()).builds.find(each => each.active)?.id
const run = (build: string) =>
  ended(core.stack.start(startRequestSchema.parse({ runtime: 'llama.cpp', build, model: 'roundhouse/canary' })))

test.runIf(live)('two versions are updated by proof, gone back on, repaired and removed', { timeout: 900_000 }, async () => {
  const began = performance.now()
  expect(await ended(core.runtimes.install(`${plan}@${versions.old}`))).toMatchObject({ state: 'done', result: ids.old })
  console.log(`installed ${ids.old} in ${Math.round(performance.now() - began)} ms`)
  expect(await active()).toBe(ids.old)
  core.runtimes.saveSettings('llama.cpp', {})
  const planned = await core.runtimes.updatePlan('llama.cpp', null)
  expect(planned).toMatchObject({ from: { build: ids.old }, to: { offer: plan, version: versions.new } })

  const job = await ended(core.runtimes.update('llama.cpp', { target: null, insist: false }))
  expect(job).toMatchObject({ state: 'done', failure: null })
  const [record] = (await detail()).updates
  for (const each of record?.figures ?? []) console.log(`${each.title}: ${each.beforeText} -> ${each.afterText} (${each.verdict})`)
  console.log(record?.why.join(' '))
  expect(record).toMatchObject({ from: ids.old, to: ids.new })
  expect(record?.figures.find(each => each.what === 'golden')).toMatchObject({ before: 303, after: 303, verdict: 'same' })
  const { runtimes } = await core.runtimes.snapshot()
  const proved = runtimes.flatMap(each => each.builds).filter(each => each.proved?.right === 303)
  expect(proved.map(each => each.id).sort()).toEqual([ids.old, ids.new].sort())
  expect(record?.switched).toBe(record?.holds)
  if (!record?.switched) await core.runtimes.use(ids.new)
  expect(await active()).toBe(ids.new)

  expect(await core.runtimes.rollback('llama.cpp', null)).toEqual({ build: ids.old })
  expect(await active()).toBe(ids.old)
  const started = await run(ids.old)
  expect(started.state).toBe('done')
  expect(await ended(core.runtimes.remove(ids.old))).toMatchObject({ state: 'failed', failure: { code: 'busy' } })
  await core.supervisor.stop(started.result ?? '')

  await appendFile(join(folder, 'builds', ids.new, 'llama-server.py'), '\n# changed\n')
  expect(await run(ids.new)).toMatchObject({ state: 'failed', failure: { code: 'build-changed', subject: ids.new } })
  expect((await ended(core.runtimes.repair(ids.new))).state).toBe('done')
  const again = await run(ids.new)
  expect(again.state).toBe('done')
  await core.supervisor.stop(again.result ?? '')

  for (const id of [ids.old, ids.new]) {
    const said = await core.runtimes.removal(id)
    const removed = await ended(core.runtimes.remove(id))
    console.log(removed.log.map(line => line.text).join('; '))
    expect(removed.log.at(-1)?.text).toBe(`freed: ${said.bytes} bytes in ${said.files} files`)
  }
  expect(await active()).toContain('built-in')
})
