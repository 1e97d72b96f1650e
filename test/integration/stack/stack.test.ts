import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRequestSchema, type Instance, type StartRequest } from '../../../electron/contract/instance'
import type { Job } from '../../../electron/contract/job'
import { createCore, type Core } from '../../../electron/core/core'
import { openHome } from '../../../electron/core/lib/home'

/** The whole core with the real built-in engine, the real canary and a home of its own; no network is asked. */
const root = join(import.meta.dirname, '..', '..', '..')
const canary = join(root, 'resources', 'canary', 'canary.Q8_0.gguf')
const folder = mkdtempSync(join(tmpdir(), 'roundhouse-stack-'))
let core: Core
let closed: Server

beforeAll(async () => {
  // A hub and an index that refuse: the sources are out of reach at once.
  closed = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
  await new Promise(resolve => closed.once('listening', resolve))
  const nowhere = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
  const environment = {
    ...process.env,
    ROUNDHOUSE_HOME: folder,
    ROUNDHOUSE_HUB: nowhere,
    PIP_INDEX_URL: nowhere,
    ROUNDHOUSE_GITHUB: nowhere,
  }
  core = await createCore({
    home: openHome(environment),
    shell: 'browser',
    resourcesFolder: join(root, 'resources'),
    workerFile: join(root, 'dist', 'host', 'worker.js'),
    engineFile: join(root, 'dist', 'host', 'engine.js'),
    engineLauncher: null,
    environment,
    shutDown: () => undefined,
  })
})

afterAll(async () => {
  await core.dispose()
  closed.close()
  rmSync(folder, { recursive: true, force: true })
})

const ended = (job: Job) => core.jobs.finished(job.id)
const weightsOf = (instance: Instance | null | undefined) =>
  (instance?.estimate?.devices ?? []).reduce((sum, each) => sum + each.weightsMiB, 0)
const request = (changes: Partial<StartRequest>): StartRequest =>
  startRequestSchema.parse({ runtime: 'llama.cpp', build: null, model: 'roundhouse/canary', ...changes })

describe('a start', () => {
  test('without a wish is the best that can be started now: the engine test, when nothing else is here', async () => {
    const chosen = await core.stack.choose({ model: null, runtime: null, contextTokens: null })
    expect(chosen).toMatchObject({ model: 'roundhouse/canary:Q8_0', build: expect.stringContaining('built-in') as string })
  })

  test('goes from nothing to a measured instance, and each step says what it did', async () => {
    const job = await ended(core.stack.start(request({})))
    expect(job).toMatchObject({ state: 'done', failure: null })
    expect(job.steps.map(step => step.state)).toEqual(['skipped', 'skipped', 'skipped', 'done', 'done'])
    expect(job.log.map(line => line.text.split(':')[0])).toEqual(['install', 'download', 'load', 'proof'])
    const instance = core.supervisor.get(job.result ?? '')
    expect(instance?.proof).toMatchObject({ golden: { asked: 72, right: 72 }, placement: { verified: true } })
    expect(instance?.proof?.memoryMiB).toBeGreaterThan(20)
    expect(instance?.threads).toBeGreaterThanOrEqual(1)
    const { runtimes } = await core.runtimes.snapshot()
    const build = runtimes.flatMap(each => each.builds).find(each => each.id === instance?.build)
    expect(build?.proved).toMatchObject({ asked: 72, right: 72 })
    const { cpu } = await core.machine.read()
    const [run] = await core.predictions.list()
    expect(run).toMatchObject({ device: cpu.model ?? 'CPU', buildTitle: instance?.buildTitle, modelTitle: instance?.modelTitle })
  })

  test('of a runtime that cannot run here says why', async () => {
    await expect(core.stack.choose({ model: null, runtime: 'tgi', contextTokens: null })).rejects.toMatchObject({
      code: 'not-available-here',
      message: expect.stringMatching(/^TGI cannot run here: \S/) as string,
    })
  })

  test('of a runtime that is not here yet is chosen all the same: its command can be shown, and the start says what is missing', async () => {
    const chosen = await core.stack.choose({ model: null, runtime: 'mlx', contextTokens: null })
    expect(chosen).toMatchObject({ runtime: 'mlx', model: expect.stringMatching(/^\S+\/\S+$/) as string })
    const rendered = await core.runtimes.render(chosen)
    expect(rendered.command).toContain('--model')
    expect(rendered.problems).toMatchObject([{ kind: 'not-startable', setting: null }])
    expect(await ended(core.stack.start(chosen))).toMatchObject({ state: 'failed', failure: { code: 'not-installed' } })
  })

  test('of an attached server again asks it again; it is not looked for among the builds', async () => {
    const own = await ended(core.stack.start(request({})))
    const model = core.supervisor.get(own.result ?? '')?.route ?? ''
    const attached = await core.stack.attach({ address: core.gateway.status().address ?? '', key: core.key(), model })
    expect(await ended(core.stack.restart(attached.id, null))).toMatchObject({ state: 'done', failure: null, result: attached.id })
    expect(core.supervisor.get(attached.id)?.state.kind).toBe('ready')
    await core.supervisor.stop(attached.id)
    core.supervisor.remove(attached.id)
  })

  test('of the same again joins what runs; beside it another has a route of its own', async () => {
    const [first, again] = await Promise.all([ended(core.stack.start(request({}))), ended(core.stack.start(request({})))])
    expect(again.result).toBe(first.result)
    const other = await ended(core.stack.start(request({ contextTokens: 512 })))
    expect(core.supervisor.get(other.result ?? '')?.route).toBe('roundhouse/canary:Q8_0@built-in')
    await core.supervisor.stop(other.result ?? '')
  })

  test('that is cancelled leaves nothing running', async () => {
    const job = core.stack.start(request({ contextTokens: 640 }))
    setTimeout(() => core.jobs.cancel(job.id), 150)
    expect((await ended(job)).state).toBe('cancelled')
    expect(core.supervisor.list().filter(each => each.contextTokens === 640 && each.state.kind === 'ready')).toEqual([])
  })
})

describe('a start with a draft model', () => {
  const small = 'roundhouse/canary-draft:Q8_0'

  test('answers the same with it, and says how many guesses were right; its estimate counts it', async () => {
    const alone = await ended(core.stack.start(request({ contextTokens: 256, slots: 2 })))
    const job = await ended(core.stack.start(request({ contextTokens: 256, slots: 2, draft: small })))
    expect(job).toMatchObject({ state: 'done', failure: null })
    expect(job.steps.map(step => step.id)).toEqual(['install', 'canary', 'download', 'draft', 'load', 'proof'])
    expect(job.steps.find(step => step.id === 'draft')).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('is here') as string,
    })
    const instance = core.supervisor.get(job.result ?? '')
    expect(instance?.proof?.golden).toMatchObject({ asked: 72, right: 72 })
    const draft = instance?.proof?.draft
    expect(draft?.guessed).toBeGreaterThan(10)
    expect(draft?.accepted).toBeGreaterThan((draft?.guessed ?? 0) / 4)
    expect(instance?.notices).toEqual([])
    const other = core.supervisor.get(alone.result ?? '')
    expect(other?.proof?.draft).toBeNull()
    expect(weightsOf(instance)).toBeGreaterThan(weightsOf(other))
    // What a draft brings is not taken for the speed of the model.
    expect(core.measurements.all().some(each => each.at === instance?.proof?.at)).toBe(false)
    await Promise.all([alone, job].map(each => core.supervisor.stop(each.result ?? '')))
  })

  test.each([
    { draft: 'nobody/nothing', says: /without its draft model: There is no model named nobody\/nothing/ },
    { draft: 'roundhouse/canary', says: /cannot draft for itself/ },
  ])('that cannot be had or used ($draft) goes on without it, and says so', async ({ draft, says }) => {
    const job = await ended(core.stack.start(request({ contextTokens: 320, draft })))
    expect(job.state).toBe('done')
    const instance = core.supervisor.get(job.result ?? '')
    expect(instance?.notices.map(each => each.text).join(' ')).toMatch(says)
    expect(instance?.proof?.draft).toBeNull()
    await core.supervisor.stop(instance?.id ?? '')
  })
})

describe('a start that cannot be', () => {
  test('of a model nobody knows says so', async () => {
    const job = await ended(core.stack.start(request({ model: 'nobody/nothing' })))
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'not-found' } })
    expect(job.failure?.message).toContain('nobody/nothing')
  })

  test('of a model that no source has says what is out of reach', async () => {
    const job = await ended(core.stack.start(request({ model: 'HuggingFaceTB/SmolLM2-135M-Instruct:Q4_1' })))
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'offline' } })
  })

  test('with a context that does not fit is refused before anything is loaded, unless the person insists', async () => {
    const big = join(folder, 'big.gguf')
    copyFileSync(canary, big)
    const known = await core.models.importFile(big)
    const many = { model: known.id, slots: 64 }
    const { memory } = core.machine.current() ?? {}
    expect(memory?.totalMiB).toBeGreaterThan(0)
    core.machine.correct({ path: 'memory.totalMiB', value: 100 })
    const job = await ended(core.stack.start(request(many)))
    core.machine.correct({ path: 'memory.totalMiB', value: null })
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'does-not-fit' } })
    expect(job.failure?.message).toMatch(/needs about \d+ MiB/)
  })

  test('with a flag that the adapter protects is refused with the reason', async () => {
    const job = await ended(core.stack.start(request({ flags: ['--host', '0.0.0.0'] })))
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'bad-input' } })
  })

  test('of a runtime that cannot run here, or is not installed, says so', async () => {
    const job = await ended(core.stack.start(request({ runtime: 'omlx' })))
    expect(job).toMatchObject({
      state: 'failed',
      failure: { code: process.platform === 'darwin' ? 'not-installed' : 'not-available-here' },
    })
    expect((await ended(core.stack.start(request({ runtime: 'koboldcpp' })))).failure?.code).toBe('not-installed')
  })

  test('with a flag that the runtime guards is refused before anything is started', async () => {
    const job = await ended(core.stack.start(request({ flags: ['--rpc'] })))
    expect(job.failure).toMatchObject({ code: 'bad-input', message: expect.stringContaining('no authentication') as string })
  })

  test('of a file that was cut after it was taken in explains itself', async () => {
    const path = join(folder, 'cut.gguf')
    // One bit other than the canary's, or it would be recognised as the bundled one.
    const bytes = readFileSync(canary)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(path, bytes)
    const model = await core.models.importFile(path)
    writeFileSync(path, bytes.subarray(0, 1_500_000))
    const job = await ended(core.stack.start(request({ model: model.id })))
    expect(job.state).toBe('failed')
    expect(job.failure?.message).toMatch(/cut|damaged|truncated|incomplete|shorter/i)
  })
})
