import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { instanceSchema } from '../../../electron/contract/instance'
import { boot, childrenOf, cleanUp, fakeSpec, isAlive, logText, pidOf, until } from './harness'

afterEach(cleanUp)

describe('starting', () => {
  test('goes on where the record of it finds no room, and what is killed then comes back', async () => {
    const isFull = () => {
      throw new Error('database or disk is full')
    }
    // Fake: a collection on a full disk, which still reads.
    const { supervisor } = await boot({ rows: { get: () => null, all: () => [], set: isFull, remove: isFull } })
    const first = await supervisor.start(fakeSpec('a'))
    process.kill(first.pid ?? 0, 'SIGKILL')
    await until(() => supervisor.get(first.id)?.restarts === 1 && supervisor.get(first.id)?.state.kind === 'ready')
    expect(logText(supervisor, first.id)).toContain('disk is full')
  })

  test('is ready only once the model is loaded and one token came', async () => {
    const { supervisor, states } = await boot()
    const beganMs = performance.now()
    const instance = await supervisor.start(fakeSpec('a', { behaviour: ['--load-ms', '300'] }))
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(300)
    expect(instanceSchema.parse(instance)).toEqual(instance)
    expect(instance).toMatchObject({ id: 'fake-runtime-1', state: { kind: 'ready' }, adopted: false, restarts: 0, contextTokens: 2048 })
    expect(states()).toEqual(['starting', 'ready'])
    const upstream = supervisor.upstream(instance.id)
    const answer = await fetch(`${instance.address ?? ''}/models`, { headers: { ...upstream?.headers } })
    expect(answer.status).toBe(200)
    expect((await fetch(`${instance.address ?? ''}/models`)).status).toBe(401)
  })

  test('shows progress and memory while it is watched', async () => {
    const { supervisor } = await boot({ timings: { residentEveryMs: 100, changesEveryMs: 20 } })
    const steps = new Set<string>()
    supervisor.subscribe(event => {
      if (event.type === 'changed' && event.instance.state.kind === 'starting') steps.add(event.instance.state.step)
    })
    const { id } = await supervisor.start(fakeSpec('a', { behaviour: ['--load-ms', '300'] }))
    expect([...steps]).toContain('Loading the model')
    await until(() => (supervisor.get(id)?.residentMiB ?? 0) > 10)
  })

  test('concurrent starts of the same key join; another key gets its own port', async () => {
    const { supervisor } = await boot()
    const spec = fakeSpec('same', { behaviour: ['--load-ms', '200'] })
    const others = supervisor.start(fakeSpec('other'))
    const same = await Promise.all([supervisor.start(spec), supervisor.start(spec), supervisor.start(spec)])
    expect(new Set(same.map(each => each.pid)).size).toBe(1)
    expect((await others).address).not.toBe(same[0].address)
    expect(supervisor.list().map(each => each.id)).toEqual(['fake-runtime-1', 'fake-runtime-2'])
  })

  test('a stop while the start is still prepared waits for nothing, and tells what prepares it', async () => {
    const { supervisor } = await boot()
    let asked = false
    let told = false
    const started = supervisor.start({
      ...fakeSpec('slow'),
      makeInput: (_means, signal) => {
        asked = true
        signal.addEventListener('abort', () => (told = true), { once: true })
        return new Promise(() => undefined)
      },
    })
    const refused = expect(started).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => asked)
    const id = supervisor.list()[0]?.id ?? ''
    const beganMs = performance.now()
    await supervisor.stop(id)
    expect(performance.now() - beganMs).toBeLessThan(2_000)
    expect(told).toBe(true)
    expect(supervisor.get(id)?.state.kind).toBe('stopped')
    await refused
    const again = await supervisor.start(fakeSpec('slow'))
    expect(again.state.kind).toBe('ready')
  })

  test('a model without a chat template is probed by a plain completion', async () => {
    const { supervisor } = await boot()
    const instance = await supervisor.start(fakeSpec('a', { behaviour: ['--no-chat'] }))
    expect(instance.state.kind).toBe('ready')
  })

  test('the built-in engine gets its secret by the environment and its options as one argument', async () => {
    const { supervisor } = await boot()
    const options = { model: 'x', key: 'must-not-be-seen' }
    // The fake is no engine: it refuses the JSON argument, which proves how it was called.
    const started = supervisor.start(fakeSpec('a', { plan: { process: { kind: 'engine', options } } }))
    await expect(started).rejects.toMatchObject({ code: 'did-not-start' })
    const text = logText(supervisor, 'fake-runtime-1')
    expect(text).toContain(`'{"model":"x"}'`)
    expect(text).not.toContain('must-not-be-seen')
  })
})

describe('stopping', () => {
  test('during start rejects the start and leaves nothing', async () => {
    const { supervisor, states, rows } = await boot()
    const started = supervisor.start(fakeSpec('a', { behaviour: ['--never-ready', '--fork-child'] }))
    const refused = expect(started).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => childrenOf(supervisor, 'fake-runtime-1').length === 1)
    const pid = pidOf(supervisor.list()[0] ?? ({ pid: null } as never))
    const [child] = childrenOf(supervisor, 'fake-runtime-1')
    await Promise.all([supervisor.stop('fake-runtime-1'), supervisor.stop('fake-runtime-1')])
    await refused
    expect(await Promise.all([isAlive(pid), isAlive(child ?? 0)])).toEqual([false, false])
    expect(states()).toEqual(['starting', 'stopping', 'stopped'])
    expect(rows.all()).toEqual([])
    await supervisor.stop('fake-runtime-1')
  })

  test('at once after the start, before there is a process, starts none', async () => {
    const { supervisor } = await boot()
    const refused = expect(supervisor.start(fakeSpec('a'))).rejects.toMatchObject({ code: 'cancelled' })
    await supervisor.stop('fake-runtime-1')
    await refused
    expect(supervisor.get('fake-runtime-1')).toMatchObject({ state: { kind: 'stopped' }, pid: null })
  })

  test('kills one that ignores SIGTERM, with its children, also those in a session of their own', async () => {
    const { supervisor } = await boot()
    const behaviour = ['--ignore-sigterm', '--fork-child', '--fork-escapee']
    const instance = await supervisor.start(fakeSpec('a', { behaviour, plan: { stop: { graceMs: 200, secondSignal: true } } }))
    const pids = [pidOf(instance), ...childrenOf(supervisor, instance.id)]
    expect(pids).toHaveLength(3)
    expect(await Promise.all(pids.map(isAlive))).toEqual([true, true, true])
    await supervisor.stop(instance.id)
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false, false])
    expect(supervisor.get(instance.id)?.state.kind).toBe('stopped')
  }, 10_000)

  test('is quick for one that is polite', async () => {
    const { supervisor } = await boot()
    const instance = await supervisor.start(fakeSpec('a'))
    const beganMs = performance.now()
    await supervisor.stop(instance.id)
    expect(performance.now() - beganMs).toBeLessThan(800)
  })

  test('a start after a stop waits for it and comes up again', async () => {
    const { supervisor, states } = await boot()
    const spec = fakeSpec('a', { behaviour: ['--fork-child'] })
    const first = await supervisor.start(spec)
    const [, second] = await Promise.all([supervisor.stop(first.id), supervisor.start(spec)])
    expect(second).toMatchObject({ id: first.id, state: { kind: 'ready' } })
    expect(second.pid).not.toBe(first.pid)
    expect(states()).toEqual(['starting', 'ready', 'stopping', 'stopped', 'starting', 'ready'])
  })

  test('restart keeps the id, remove takes an ended one off the list', async () => {
    const { supervisor } = await boot()
    const first = await supervisor.start(fakeSpec('a'))
    expect(() => supervisor.remove(first.id)).toThrow('still alive')
    const again = await supervisor.restart(first.id, fakeSpec('a', { input: { contextTokens: 512 } }))
    expect(again).toMatchObject({ id: first.id, contextTokens: 512, restarts: 0 })
    await supervisor.stop(first.id)
    supervisor.remove(first.id)
    expect(supervisor.list()).toEqual([])
    await expect(supervisor.stop(first.id)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('one that cannot be killed is stuck, and nothing waits for it', async () => {
    const { supervisor } = await boot({
      timings: { killWaitMs: 100, secondSignalMs: 50 },
      // No process here refuses SIGKILL, so this fake launcher pretends that there is one.
      launchers: {
        spawn: {
          launch: () =>
            Promise.resolve({
              pid: null,
              lines: () => undefined,
              exited: new Promise(() => undefined),
              signal: () => undefined,
              release: () => undefined,
            }),
        },
        engine: { launch: () => Promise.reject(new Error('not used')) },
        service: { launch: () => Promise.reject(new Error('not used')) },
      },
    })
    const started = expect(supervisor.start(fakeSpec('a', { plan: { stop: { graceMs: 50, secondSignal: true } } }))).rejects.toMatchObject({
      code: 'did-not-start',
    })
    await sleep(100)
    await supervisor.stop('fake-runtime-1')
    await started
    expect(supervisor.get('fake-runtime-1')?.state).toMatchObject({ kind: 'stuck' })
    supervisor.remove('fake-runtime-1')
    expect(supervisor.list()).toEqual([])
  })
})

test('the log goes to a file without secrets', async () => {
  const { supervisor, folder } = await boot()
  const say = 'token hf_abcdefghijklmnop at https://user:pass@host/x'
  await expect(supervisor.start(fakeSpec('a', { behaviour: ['--crash-after-ms', '10', '--never-ready', '--say', say] }))).rejects.toThrow()
  await supervisor.dispose()
  const text = await readFile(join(folder, 'logs', 'fake-runtime-1.log'), 'utf8')
  expect(text).toContain('token hf_*** at https://***@host/x')
})
