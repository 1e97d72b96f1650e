import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startRequestSchema, type StartRequest } from '../../../electron/contract/instance'
import { runTool } from '../../../electron/core/lib/run-tool'
import { lmstudio } from '../../../electron/core/runtimes/lmstudio'
import type { StartSpec } from '../../../electron/core/supervisor/supervisor.types'
import { sweepServices } from '../../../electron/core/supervisor/service-undo'
import { inputOf } from '../../unit/runtimes/launching'
import { boot, cleanUp, logText, until } from './harness'

/** LM Studio's adapter through the real supervisor, against the fake of its command line, daemon and server. */
const fake = join(import.meta.dirname, '..', '..', 'fixtures', 'fake-lmstudio.mjs')
let home: string
let lms: string
let model: string
const state = () => join(home, '.lmstudio', '.internal', 'fake-daemon.json')
const environment = () => ({ ...process.env, HOME: home })

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rh-lmstudio-'))
  lms = join(home, 'lms')
  model = join(home, 'my model.gguf')
  writeFileSync(lms, readFileSync(fake, 'utf8').replace('#!/usr/bin/env node', `#!${process.execPath}`))
  chmodSync(lms, 0o755)
  copyFileSync(join(import.meta.dirname, '..', '..', '..', 'resources', 'canary', 'canary.Q8_0.gguf'), model)
})

afterEach(async () => {
  await cleanUp()
  if (existsSync(state())) await lmsRun('daemon', 'down')
  if (existsSync(state())) process.kill((JSON.parse(readFileSync(state(), 'utf8')) as { pid: number }).pid, 'SIGTERM')
  rmSync(home, { recursive: true, force: true })
})

const lmsRun = async (...args: string[]) => (await runTool(lms, args, { timeoutMs: 10_000, env: { HOME: home } })).stdout.trim()
const misbehave = (faults: object) => {
  mkdirSync(join(home, '.lmstudio'), { recursive: true })
  writeFileSync(join(home, '.lmstudio', 'fake.json'), JSON.stringify(faults))
}

function specOf(key: string, changes: Partial<StartRequest> = {}): StartSpec {
  const request = startRequestSchema.parse({ runtime: 'lmstudio', build: null, model: 'org/my-model:Q8_0', ...changes })
  const build = {
    id: 'lmstudio@0.4',
    runtime: 'lmstudio',
    kind: 'lms',
    title: 'LM Studio',
    version: '0.4.22',
    origin: 'adopted',
    path: lms,
  } as const
  const input = inputOf({
    request,
    build,
    route: key,
    model: { id: 'org/my-model:Q8_0', title: 'My model', path: model, sha256: null, facts: null },
  })
  return {
    ...{
      key,
      runtime: lmstudio,
      build: input.build,
      model: { id: input.model.id, title: 'My model', engineTest: false },
      route: key,
      request,
    },
    ...{ estimate: null, speedEstimate: null, makeInput: means => ({ ...input, ...means }) },
  }
}

describe('LM Studio (a fake of it)', () => {
  test('is woken, given the file without a copy, loaded under our name, and left as it was', async () => {
    const { supervisor } = await boot({ environment: environment() })
    const instance = await supervisor.start(specOf('chat', { settings: { ttl: 600, gpu: 0.5 }, contextTokens: 1024 }))
    expect(instance.state.kind).toBe('ready')
    const upstream = supervisor.upstream(instance.id)
    expect(upstream?.upstreamModel).toBe('roundhouse-chat')
    expect(JSON.parse(await lmsRun('ps', '--json'))).toMatchObject([
      { identifier: 'roundhouse-chat', gpu: '0.5', ttlMs: 600_000, parallel: 2 },
    ])
    const link = join(home, '.lmstudio', 'models', 'roundhouse', 'org-my-model-q8_0', 'my model.gguf')
    expect(statSync(link).ino).toBe(statSync(model).ino)
    const reply = await fetch(`${upstream?.address ?? ''}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'roundhouse-chat', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(await reply.text()).toContain('I am a fake.')
    await supervisor.stop(instance.id)
    expect(JSON.parse(await lmsRun('daemon', 'status', '--json'))).toEqual({ status: 'not-running' })
    expect(statSync(model).size).toBeGreaterThan(0)
  })

  test('that was up before is used where it listens and never stopped', async () => {
    await lmsRun('server', 'start', '--port', '0')
    const before = JSON.parse(await lmsRun('server', 'status', '--json')) as { port: number }
    const { supervisor } = await boot({ environment: environment() })
    const instance = await supervisor.start(specOf('chat'))
    expect(instance.address).toBe(`http://127.0.0.1:${before.port}/v1`)
    await supervisor.stop(instance.id)
    expect(JSON.parse(await lmsRun('server', 'status', '--json'))).toEqual({ running: true, port: before.port })
    expect(await lmsRun('ps', '--json')).toBe('[]')
  })

  test('serves two instances, and the first to stop does not take it from the other', async () => {
    const { supervisor } = await boot({ environment: environment() })
    const first = await supervisor.start(specOf('one'))
    const second = await supervisor.start(specOf('two'))
    await supervisor.stop(first.id)
    expect(supervisor.get(second.id)?.state.kind).toBe('ready')
    expect(JSON.parse(await lmsRun('ps', '--json'))).toMatchObject([{ identifier: 'roundhouse-two' }])
    await supervisor.stop(second.id)
    await until(() => !existsSync(state()))
  })

  test('on another disk gets a symbolic link', async () => {
    misbehave({ noLink: true })
    const { supervisor } = await boot({ environment: environment() })
    const instance = await supervisor.start(specOf('chat'))
    expect(logText(supervisor, instance.id)).toContain('Symbolic link created')
  })

  test.each([
    [{ notInstalled: true }, 'not-set-up'],
    [{ guardrails: true }, 'guardrails'],
  ])('%j: the failed start says %s, and leaves nothing behind', async (faults, cause) => {
    misbehave(faults)
    const { supervisor } = await boot({ environment: environment(), policy: { budget: 0 } })
    await expect(supervisor.start(specOf('chat'))).rejects.toMatchObject({ code: 'did-not-start' })
    const state = supervisor.list()[0]?.state
    expect(state).toMatchObject({ kind: 'failed', autopsy: { cause } })
    expect(JSON.parse(await lmsRun('daemon', 'status', '--json'))).toEqual({ status: 'not-running' })
  })

  test('a flag that it does not know is named', async () => {
    const { supervisor } = await boot({ environment: environment() })
    await expect(supervisor.start(specOf('chat', { flags: ['--warp'] }))).rejects.toMatchObject({ code: 'did-not-start' })
    expect(supervisor.list()[0]?.state).toMatchObject({ autopsy: { cause: 'bad-flag', headline: 'It does not accept --warp' } })
  })

  test('stopped in the middle of a load, it gives everything back', async () => {
    misbehave({ loadMs: 60_000 })
    const { supervisor } = await boot({ environment: environment() })
    const started = expect(supervisor.start(specOf('chat'))).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => logText(supervisor, supervisor.list()[0]?.id ?? '').includes('step: Loading the weights'))
    await supervisor.stop(supervisor.list()[0]?.id ?? '')
    await started
    await until(() => !existsSync(state()))
  })

  test('that is quit by its owner is seen to be gone', async () => {
    const { supervisor } = await boot({ environment: environment(), policy: { budget: 0 } })
    const instance = await supervisor.start(specOf('chat'))
    await lmsRun('daemon', 'down')
    await until(() => supervisor.get(instance.id)?.state.kind === 'failed', 10_000)
  })

  test('left up by a host that was killed is put back by the next one', async () => {
    const run = join(home, 'run')
    const keep = join(run, 'lmstudio-1')
    mkdirSync(keep, { recursive: true })
    await lmsRun('daemon', 'up')
    writeFileSync(join(keep, 'undo.json'), JSON.stringify([{ key: 'k', file: lms, args: ['daemon', 'down'] }]))
    expect(await sweepServices(run, environment())).toEqual(['Ran "daemon down", left to do from an earlier run.'])
    await until(() => !existsSync(state()))
    expect(existsSync(join(keep, 'undo.json'))).toBe(false)
    writeFileSync(join(keep, 'undo.json'), '[{"key":')
    expect(await sweepServices(run, environment())).toEqual([])
  })
})
