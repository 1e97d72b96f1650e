import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Instance } from '../../../electron/contract/instance'
import type { Machine } from '../../../electron/contract/machine'
import { machineSchema } from '../../../electron/contract/machine'
import { recommendationSchema } from '../../../electron/contract/decision'

/** The built command line as scripts use it, each with a home of its own. */
const root = join(import.meta.dirname, '..', '..', '..')
const home = mkdtempSync(join(tmpdir(), 'roundhouse-cli-'))
const recorded = join(root, 'test', 'fixtures', 'machines', 'rtx4090-linux')

const run = (...args: string[]) => runIn(home, ...args)

type Ended = { code: number | null; stdout: string; stderr: string }

function runIn(folder: string, ...args: string[]): Promise<Ended> & { saidSomething: Promise<unknown> } {
  const child = spawn(process.execPath, [join(root, 'dist', 'host', 'cli.js'), ...args], {
    env: { ...process.env, ROUNDHOUSE_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const saidSomething = new Promise(resolve => child.stdout.once('data', resolve))
  const ended = new Promise<Ended>(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
  return Object.assign(ended, { saidSomething })
}

afterAll(async () => {
  await run('stop', '--all')
  rmSync(home, { recursive: true, force: true })
}, 30_000)

describe('what it says without a host', () => {
  test('a long answer arrives whole, also when its reader is slow', async () => {
    // A pipe of the shell holds 64 KiB; what is beyond has to wait for its reader.
    const script = '"$0" "$1" recommend --machine "$2" --json 2>/dev/null | (sleep 3; cat)'
    const args = ['-c', script, process.execPath, join(root, 'dist', 'host', 'cli.js'), recorded]
    const child = spawn('sh', args, { env: { ...process.env, ROUNDHOUSE_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    for await (const part of child.stdout.setEncoding('utf8')) text += String(part)
    expect(text.length).toBeGreaterThan(65_536)
    expect(() => recommendationSchema.partial().loose().parse(JSON.parse(text))).not.toThrow()
  }, 20_000)

  test('--help names every command and the exit codes', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const command of ['detect', 'recommend', 'up', 'ps', 'stop', 'logs', 'models', 'serve']) expect(stdout).toContain(command)
    expect(stdout).toContain('130 cancelled')
  })

  test.each([
    [['fly']],
    [['up', '--wings']],
    [['logs']],
    [['stop']],
    [['recommend', '--need', '{"users":0}']],
    [['recommend', '--need', 'eight']],
    [['up', '--context', '8k']],
    [['serve', '--port', '47x', '--no-open']],
    [['detect', '--platform', 'beos', '--from', recorded]],
  ])('a command that cannot be understood ends with 2: %j', async args => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr.length).toBeGreaterThan(10)
  })

  test('errors are one object on stdout with --json', async () => {
    const { code, stdout } = await run('recommend', '--need', '{"task":"dancing"}', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad-input', message: expect.stringContaining('task') as string } })
  })

  test('also for a command that was typed wrong', async () => {
    const { code, stdout } = await run('up', '--context', '8k', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad-input', message: expect.stringContaining('whole number') as string } })
  })

  test('nothing runs, and stopping everything is no error', async () => {
    expect(JSON.parse((await run('ps', '--json')).stdout)).toEqual([])
    expect(JSON.parse((await run('stop', '--all', '--json')).stdout)).toEqual({ stopped: [], host: false })
    expect((await run('logs', 'llama-cpp-1')).code).toBe(1)
  })

  test('a recorded machine is read, and a stack recommended for it', async () => {
    const detected = await run('detect', '--from', recorded, '--json')
    const machine: Machine = machineSchema.parse(JSON.parse(detected.stdout))
    expect(machine.gpus[0]).toMatchObject({ vendor: 'nvidia', name: expect.stringContaining('4090') as string, vramMiB: 24564 })
    const file = join(home, 'machine.json')
    writeFileSync(file, detected.stdout)
    const advised = await run('recommend', '--machine', file, '--need', '{"users":8,"task":"rag-api"}', '--json')
    const { decisions } = recommendationSchema.parse(JSON.parse(advised.stdout))
    expect(['vllm', 'sglang']).toContain(decisions[0]?.runtime)
    expect(decisions.find(each => each.startable.now)?.engineTest).toBe(true)
    expect((await run('recommend', '--machine', join(home, 'nowhere.json'))).code).toBe(2)
  })
})

describe('with a host in the background', () => {
  test('up starts it, joins the same start, and ps, logs and stop see it', async () => {
    const first = JSON.parse((await run('up', '--model', 'roundhouse/canary', '--json')).stdout) as Up
    expect(first).toMatchObject({ address: expect.stringMatching(/\/v1$/) as string, route: 'roundhouse/canary:Q8_0' })
    const answer = await fetch(`${first.address}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: first.route, messages: [{ role: 'user', content: 'Hello' }], temperature: 0 }),
    })
    expect(answer.status).toBe(200)

    const again = JSON.parse((await run('up', '--model', 'roundhouse/canary', '--json')).stdout) as Up
    expect(again.instances).toEqual(first.instances)
    expect(again.hostPid).toBe(first.hostPid)

    const listed = JSON.parse((await run('ps', '--json')).stdout) as Instance[]
    expect(listed.map(each => each.state.kind)).toEqual(['ready'])
    expect((await run('logs', first.instances[0]?.id ?? '')).stdout.split('\n').length).toBeGreaterThan(3)
    expect((await run('up', '--runtime', 'nobody', '--json')).code).toBe(1)
    expect(JSON.parse((await run('serve', '--no-open', '--json')).stdout)).toEqual({
      link: expect.stringMatching(/^http:.*\/open\//) as string,
    })

    expect(JSON.parse((await run('stop', '--all', '--json')).stdout)).toEqual({ stopped: ['llama-cpp-1'], host: true })
    // The host has let go of its home by then, so that what is typed next finds none that is ending.
    expect(existsSync(join(home, 'run', 'host.json'))).toBe(false)
    expect(() => process.kill(first.instances[0]?.pid ?? 0, 0)).toThrow(/ESRCH/)
    await expect(fetch(first.address)).rejects.toThrow()
  }, 60_000)
})

test('two commands at the same moment share one host', async () => {
  const both = await Promise.all([run('up', '--model', 'roundhouse/canary', '--json'), run('up', '--model', 'roundhouse/canary', '--json')])
  expect(both.map(each => [each.code, each.stderr.includes('did not come up')])).toEqual([
    [0, false],
    [0, false],
  ])
  const [one, other] = both.map(each => JSON.parse(each.stdout) as Up)
  expect(one?.hostPid).toBe(other?.hostPid)
  const following = run('logs', one?.instances[0]?.id ?? '', '--follow')
  await following.saidSomething
  process.kill(one?.hostPid ?? 0, 'SIGKILL')
  expect(await following).toMatchObject({ code: 1, stderr: expect.stringContaining('The host ended before it had answered') as string })
  await run('stop', '--all')
}, 60_000)

test('a host that cannot start says why at once', async () => {
  const broken = mkdtempSync(join(tmpdir(), 'roundhouse-cli-broken-'))
  mkdirSync(join(broken, 'database', 'roundhouse.sqlite'), { recursive: true })
  const { code, stdout } = await runIn(broken, 'models', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'did-not-start', message: expect.stringContaining('cannot be opened') as string },
  })
  rmSync(broken, { recursive: true, force: true })
})

type Up = { address: string; key: string; route: string; hostPid: number; instances: { id: string; pid: number }[] }
