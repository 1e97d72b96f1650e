import { createServer } from 'node:http'
import { truncate, writeFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import getPort from 'get-port'
import { afterEach, describe, expect, test } from 'vitest'
import type { Autopsy, InstanceState } from '../../../electron/contract/instance'
import { boot, cleanUp, fakeSpec, isAlive, logText, pidOf, until } from './harness'

afterEach(cleanUp)

const autopsyOf = (state: InstanceState | undefined): Autopsy | null =>
  state?.kind === 'failed' || state?.kind === 'backoff' ? state.autopsy : null

/** A server of somebody else that answers every health request with 200. */
async function impostor(port: number) {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.end('{"status":"ok"}')
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return { requests: () => requests, close: () => new Promise(resolve => server.close(resolve)) }
}

describe('a start that fails', () => {
  test('explains itself with its last lines, and is not tried again while the person watches', async () => {
    const { supervisor, states } = await boot()
    const behaviour = ['--load-ms', '5000', '--crash-after-ms', '50', '--exit-code', '3', '--say', 'out of memory on device 0']
    await expect(supervisor.start(fakeSpec('a', { behaviour }))).rejects.toMatchObject({ code: 'did-not-start' })
    const { state } = supervisor.get('fake-runtime-1') ?? {}
    expect(autopsyOf(state)).toMatchObject({ cause: 'out-of-memory', exitCode: 3, lines: ['error: out of memory on device 0'] })
    expect(autopsyOf(state)?.fixes.map(fix => fix.action)).toContainEqual({ kind: 'restart-with', contextTokens: 1024 })
    expect(states()).toEqual(['starting', 'failed'])
    // The person tries again: the failed one gives way to a new one.
    const again = await supervisor.start(fakeSpec('a'))
    expect(supervisor.list().map(each => each.id)).toEqual([again.id])
  })

  test('a missing executable is said before anything is spawned', async () => {
    const { supervisor, rows } = await boot()
    const process = { kind: 'spawn', file: '/nowhere/llama-server', args: [], env: {}, cwd: null } as const
    await expect(supervisor.start(fakeSpec('a', { plan: { process } }))).rejects.toThrow('/nowhere/llama-server is not there')
    const found = autopsyOf(supervisor.list()[0]?.state)
    expect(found).toMatchObject({ cause: 'executable-missing', permanent: true, exitCode: null })
    expect(found?.fixes[0]?.action).toEqual({ kind: 'install', build: 'fake@1' })
    expect(rows.all()).toEqual([])
  })

  test('a runtime that cannot be launched, or whose plan throws, says so', async () => {
    const { supervisor } = await boot()
    const { launch: _launch, ...runtime } = fakeSpec('a').runtime
    await expect(supervisor.start(fakeSpec('a', { spec: { runtime } }))).rejects.toThrow('cannot be started by Roundhouse yet')
    const plan = () => {
      throw new Error('no such model')
    }
    await expect(supervisor.start(fakeSpec('b', { launch: { plan } }))).rejects.toThrow('no such model')
    expect(supervisor.list().map(each => each.state.kind)).toEqual(['failed', 'failed'])
  })

  test('loading that stands still is ended', async () => {
    const { supervisor } = await boot()
    const beganMs = performance.now()
    const started = supervisor.start(fakeSpec('a', { behaviour: ['--silent', '--never-ready'], plan: { stallMs: 400 } }))
    await expect(started).rejects.toMatchObject({ code: 'did-not-start' })
    expect(performance.now() - beganMs).toBeLessThan(4_000)
    expect(autopsyOf(supervisor.list()[0]?.state)).toMatchObject({ cause: 'stalled' })
  })

  test('output pushes the stall deadline out', async () => {
    const { supervisor } = await boot()
    const script = `let n=0;setInterval(()=>console.log('layer',++n),100);setTimeout(()=>process.argv[1]&&0,1);
      setTimeout(()=>require('http').createServer((q,r)=>r.end(JSON.stringify({choices:[{}]}))).listen(process.env.PORT,'127.0.0.1'),1500)`
    const spec = fakeSpec('a', {
      launch: {
        plan: ({ port }) => ({
          process: { kind: 'spawn', file: process.execPath, args: ['-e', script], env: { PORT: String(port) }, cwd: null },
          ...{ address: `http://127.0.0.1:${port}`, headers: {}, upstreamModel: 'x', readyPath: '/', prepare: [], stallMs: 700 },
          stop: { graceMs: 500, secondSignal: false },
        }),
      },
    })
    expect((await supervisor.start(spec)).state.kind).toBe('ready')
  })

  test('one that loads but gives no token is not called ready', async () => {
    const { supervisor, states } = await boot()
    await expect(supervisor.start(fakeSpec('a', { behaviour: ['--no-tokens'] }))).rejects.toThrow('the fake has no tokens')
    expect(states()).not.toContain('ready')
    expect(autopsyOf(supervisor.list()[0]?.state)).toMatchObject({ cause: 'not-ready' })
  })

  test('the model file is looked at: missing, no GGUF, cut short', async () => {
    const { supervisor, folder } = await boot()
    const path = join(folder, 'model.gguf')
    const fail = async (key: string) => {
      const facts = { format: 'gguf', bytes: 1_000 } as never
      const model = { id: 'org/m:Q4_0', title: 'M', path, sha256: null, facts }
      await expect(
        supervisor.start(fakeSpec(key, { behaviour: ['--crash-after-ms', '1', '--load-ms', '5000'], input: { model } })),
      ).rejects.toThrow()
      return autopsyOf(supervisor.find(key)?.state)?.cause
    }
    expect(await fail('missing')).toBe('file-missing')
    await writeFile(path, `<html>${'x'.repeat(2_000)}`)
    expect(await fail('html')).toBe('not-a-gguf')
    await writeFile(path, `GGUF${'x'.repeat(996)}`)
    expect(await fail('whole')).toBe('crashed')
    await truncate(path, 500)
    expect(await fail('cut')).toBe('truncated')
    await rm(path)
  })

  test.each([
    ['SIGSEGV', 'crashed'],
    ['SIGILL', 'wrong-processor'],
    ['SIGBUS', 'model-changed'],
    ['SIGKILL', 'killed'],
  ])('%s is %s', async (signal, cause) => {
    const { supervisor } = await boot()
    await expect(
      supervisor.start(fakeSpec('a', { behaviour: ['--never-ready', '--crash-after-ms', '10', '--crash-signal', signal] })),
    ).rejects.toThrow()
    expect(autopsyOf(supervisor.list()[0]?.state)).toMatchObject({ cause, signal })
  })
})

describe('ports', () => {
  test('one stolen in between is given up for another', async () => {
    const { supervisor } = await boot()
    let thief: Awaited<ReturnType<typeof impostor>> | null = null
    const spec = fakeSpec('a')
    const { makeInput } = spec
    const instance = await supervisor.start({
      ...spec,
      async makeInput(means, signal) {
        thief ??= await impostor(means.port)
        return makeInput(means, signal)
      },
    })
    expect(instance).toMatchObject({ state: { kind: 'ready' }, restarts: 0 })
    await (thief as Awaited<ReturnType<typeof impostor>> | null)?.close()
  })

  test('a stranger that answers 200 on the port of a slow runtime is not believed, and gets no key', async () => {
    const { supervisor } = await boot()
    const port = await getPort({ host: '127.0.0.1' })
    const stranger = await impostor(port)
    const behaviour = ['--no-listen']
    const started = supervisor.start(fakeSpec('a', { behaviour, request: { port } }))
    await expect(started).rejects.toThrow(`Another program answers on port ${port}`)
    const found = autopsyOf(supervisor.list()[0]?.state)
    expect(found).toMatchObject({ cause: 'port-taken', permanent: true })
    expect(found?.explanation).toContain(`(process ${process.pid})`)
    expect(found?.fixes[0]).toMatchObject({ action: { kind: 'restart-with', port: expect.any(Number) as number } })
    await stranger.close()
  })
})

describe('one that was ready', () => {
  test('is restarted after a crash, and says why', async () => {
    const { supervisor, states } = await boot()
    const crash = ['--crash-after-ms', '600', '--exit-code', '7', '--fork-child']
    const first = await supervisor.start(fakeSpec('a', { behaviour: attempt => (attempt === 1 ? crash : []) }))
    await until(() => supervisor.get(first.id)?.restarts === 1 && supervisor.get(first.id)?.state.kind === 'ready')
    const second = supervisor.get(first.id)
    expect(second).toMatchObject({ lastRestartWhy: 'It crashed', state: { kind: 'ready' } })
    expect(second?.pid).not.toBe(first.pid)
    // It was asked for once; what runs now has run since it was started again.
    expect(second?.startedAt).toBe(first.startedAt)
    expect(Date.parse(second?.upSince ?? '') - Date.parse(first.upSince ?? '')).toBeGreaterThanOrEqual(600)
    expect(states()).toEqual(['starting', 'ready', 'backoff', 'starting', 'ready'])
    expect(logText(supervisor, first.id)).toContain('The process ended with code 7')
  })

  test('uses up its budget and stays down with the last autopsy', async () => {
    const { supervisor, states } = await boot({ policy: { budget: 3, firstDelayMs: 10 } })
    const { id } = await supervisor.start(fakeSpec('a', { behaviour: ['--crash-after-ms', '400'] }))
    await until(() => supervisor.get(id)?.state.kind === 'failed', 10_000)
    expect(supervisor.get(id)?.restarts).toBe(2)
    expect(autopsyOf(supervisor.get(id)?.state)?.lines).toContain('error: CUDA kernel gave up')
    expect(states().filter(kind => kind === 'starting')).toHaveLength(3)
  })

  test('is not restarted when the next start would fail the same way', async () => {
    const { supervisor, states } = await boot()
    const behaviour = ['--crash-after-ms', '400', '--say', 'unrecognized arguments: --rpc']
    const { id } = await supervisor.start(fakeSpec('a', { behaviour }))
    await until(() => supervisor.get(id)?.state.kind === 'failed')
    expect(autopsyOf(supervisor.get(id)?.state)).toMatchObject({ cause: 'bad-flag', permanent: true })
    expect(states()).toEqual(['starting', 'ready', 'failed'])
  })

  test('is given up when the GPU is lost a second time', async () => {
    const { supervisor, states } = await boot()
    const { id } = await supervisor.start(fakeSpec('a', { behaviour: ['--crash-after-ms', '400', '--say', 'VK_ERROR_DEVICE_LOST'] }))
    await until(() => supervisor.get(id)?.state.kind === 'failed')
    expect(states().filter(kind => kind === 'starting')).toHaveLength(2)
  })

  test('a stop during back-off is final', async () => {
    const { supervisor, states } = await boot({ policy: { firstDelayMs: 300 } })
    const { id } = await supervisor.start(fakeSpec('a', { behaviour: ['--crash-after-ms', '300'] }))
    await until(() => supervisor.get(id)?.state.kind === 'backoff')
    await supervisor.stop(id)
    await sleep(500)
    expect(states()).toEqual(['starting', 'ready', 'backoff', 'stopped'])
  })

  test('that freezes is noticed, ended and restarted', async () => {
    const { supervisor } = await boot({ timings: { liveEveryMs: 50, liveTimeoutMs: 100, failureGraceMs: 200 } })
    const first = await supervisor.start(fakeSpec('a'))
    process.kill(pidOf(first), 'SIGSTOP')
    await until(() => supervisor.get(first.id)?.restarts === 1 && supervisor.get(first.id)?.state.kind === 'ready')
    expect(await isAlive(pidOf(first))).toBe(false)
    expect(supervisor.get(first.id)?.lastRestartWhy).toBe('It stopped answering')
  })
})

describe('an attached server', () => {
  const attachTo = (port: number) =>
    fakeSpec('att', { plan: { process: { kind: 'attach' }, address: `http://127.0.0.1:${port}`, headers: {} } })

  test('is watched, looked for again when it goes, and never stopped', async () => {
    const { supervisor, states } = await boot({ timings: { liveEveryMs: 30, liveTimeoutMs: 200 } })
    const port = await getPort({ host: '127.0.0.1' })
    const serve = async () => {
      const server = createServer((request, response) => response.end(request.url === '/health' ? 'ok' : JSON.stringify({ choices: [{}] })))
      await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
      return server
    }
    let server = await serve()
    const { id } = await supervisor.attach(attachTo(port))
    expect(supervisor.get(id)).toMatchObject({ adopted: true, pid: null, address: `http://127.0.0.1:${port}/v1` })
    server.closeAllConnections()
    server.close()
    await until(() => supervisor.get(id)?.state.kind === 'backoff')
    server = await serve()
    await until(() => supervisor.get(id)?.state.kind === 'ready')
    await supervisor.stop(id)
    expect(states()).toContain('backoff')
    expect(states().at(-1)).toBe('stopped')
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    server.closeAllConnections()
    server.close()
  })
})
