import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRequestSchema } from '../../../electron/contract/instance'
import { createCore, type Core } from '../../../electron/core/core'
import { openHome } from '../../../electron/core/lib/home'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { recordedChecks } from '../recorded-checks'
import { brandNew } from './brand-new'

const root = join(import.meta.dirname, '..', '..', '..')
/** The one line. */
const registry = [...runtimes, brandNew]

let folder = ''
let core: Core
let closed: Server

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'new-runtime-'))
  // Its program on the PATH, as somebody would have installed it.
  mkdirSync(join(folder, 'bin'))
  const server = join(import.meta.dirname, 'fake-server.mjs')
  writeFileSync(join(folder, 'bin', 'brand-new'), `#!/bin/sh\nexec "${process.execPath}" "${server}" "$@"\n`, { mode: 0o755 })
  // A hub and an index that refuse: the sources are out of reach at once.
  closed = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
  await new Promise(resolve => closed.once('listening', resolve))
  const nowhere = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
  const environment = {
    ...process.env,
    ...{ ROUNDHOUSE_HOME: join(folder, 'home'), ROUNDHOUSE_HUB: nowhere, PIP_INDEX_URL: nowhere, ROUNDHOUSE_GITHUB: nowhere },
    PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
  }
  core = await createCore({
    ...{ home: openHome(environment), shell: 'browser', resourcesFolder: join(root, 'resources'), environment, runtimes: registry },
    workerFile: join(root, 'dist', 'host', 'worker.js'),
    engineFile: join(root, 'dist', 'host', 'engine.js'),
    engineLauncher: null,
    shutDown: () => undefined,
  })
})

afterAll(async () => {
  await core.dispose()
  closed.close()
  rmSync(folder, { recursive: true, force: true })
})

const summary = async () => (await core.runtimes.snapshot()).runtimes.find(each => each.id === brandNew.id)

/** What an app asks of the one address. */
async function chat(model: string, content: string) {
  const headers = { authorization: `Bearer ${core.key()}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }] })
  const response = await fetch(`${core.gateway.status().address ?? ''}/chat/completions`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as { choices?: { message: { content: string } }[]; error?: object } }
}

function runningOf(id: string | null) {
  const instance = core.supervisor.get(id ?? '')
  if (!instance || instance.pid === null) throw new Error('it does not run')
  return { ...instance, pid: instance.pid }
}

describe('a runtime that is added by one file, one fixture and one line', () => {
  test.each(Object.keys(recordedChecks))('passes the recorded check %s', async check => {
    const fixtures = join(folder, 'checks', 'test', 'fixtures')
    mkdirSync(join(fixtures, 'runtimes'), { recursive: true })
    copyFileSync(join(import.meta.dirname, 'brand-new.json'), join(fixtures, 'runtimes', 'brand-new.json'))
    rmSync(join(fixtures, 'machines'), { force: true })
    symlinkSync(join(root, 'test', 'fixtures', 'machines'), join(fixtures, 'machines'))
    const found = registry.find(each => each.id === 'brand-new')
    await recordedChecks[check]?.(found ?? brandNew, join(folder, 'checks'))
  })

  test('is found on the PATH and stands among the runtimes with its verdict, its build and its formats', async () => {
    const verdict = { can: true, backends: ['cpu'] }
    const build = { kind: 'program', version: '1.2.3', origin: 'adopted', path: join(folder, 'bin', 'brand-new') }
    await expect.poll(summary, { timeout: 20_000 }).toMatchObject({ title: 'Brand New', tier: 'second', verdict, builds: [build] })
    expect((await core.runtimes.list()).map(each => each.id)).toContain('brand-new')
  })

  test('its exact command is shown before a start, and a flag that its help does not name is told', async () => {
    const request = startRequestSchema.parse({ runtime: 'brand-new', build: null, model: 'roundhouse/canary', flags: ['--warp', '--port'] })
    const { command, problems } = await core.runtimes.render(request)
    expect(command.slice(0, 2)).toEqual([join(folder, 'bin', 'brand-new'), '--model'])
    expect(problems.map(each => each.text)).toEqual([
      'Brand New 1.2.3 has no flag --warp.',
      expect.stringMatching(/^--port cannot be set here: /) as string,
    ])
  })

  test('starts under the supervisor, is proved by known answers, answers at the one address, and is stopped', async () => {
    const started = core.stack.start(startRequestSchema.parse({ runtime: 'brand-new', build: null, model: 'roundhouse/canary' }))
    const job = await core.jobs.finished(started.id)
    expect(job).toMatchObject({ state: 'done', failure: null })
    const { id, route, pid, proof } = runningOf(job.result)
    expect(core.supervisor.get(id)).toMatchObject({ runtime: 'brand-new', state: { kind: 'ready' }, engineTest: true })
    expect(proof).toMatchObject({ golden: { asked: 72, right: 72, wrong: [] } })
    // What its facts do not say stays unknown: it is not said to run on a GPU, nor not to.
    expect(proof?.placement).toMatchObject({ verified: false, gpuLayers: null })
    expect(proof?.memoryMiB).toBeGreaterThan(5)
    expect(await summary()).toMatchObject({ builds: [{ proved: { asked: 72, right: 72 } }] })

    const answered = await chat(route, 'Is this the fake?')
    expect(answered).toMatchObject({ status: 200, body: { choices: [{ message: { content: 'I am a fake.' } }] } })

    // Killed from outside, it comes back by itself.
    process.kill(pid, 'SIGKILL')
    const another = () => {
      const now = core.supervisor.get(id)
      return now?.state.kind === 'ready' && now.pid !== pid
    }
    await expect.poll(another, { timeout: 20_000 }).toBe(true)
    const second = runningOf(id).pid
    process.kill(second, 0)
    await core.supervisor.stop(id)
    expect(() => process.kill(second, 0)).toThrow()
    expect((await chat(route, 'Is this the fake?')).status).toBeGreaterThanOrEqual(400)
  })
})
