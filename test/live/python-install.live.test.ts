import { createHash } from 'node:crypto'
import { execFile, spawn } from 'node:child_process'
import { appendFileSync, statfsSync } from 'node:fs'
import { build } from 'esbuild'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createInstaller } from '../../electron/core/install/installer'
import type { InstallOptions } from '../../electron/core/install/install.types'
import { mlx } from '../../electron/core/runtimes/mlx'
import { defineRuntime, type InstallPlan, type Runtime } from '../../electron/core/runtimes/runtime'
import { installerDeps } from '../integration/install/installing'
import { machineOf } from '../unit/recommend/machines'

/**
 * Real installs by uv from the ordinary package index, broken off in every way that people's are: cancelled, killed with the host, on a
 * full disk, without an index, with another file than announced, for another platform. Needs the network: run with ROUNDHOUSE_LIVE=1.
 */
const live = Boolean(process.env['ROUNDHOUSE_LIVE'])
const machine = machineOf({ os: { ...machineOf().os, platform: 'linux', libc: 'glibc', libcVersion: '2.36' } })
const offerId = 'mlx/mlx-lm/pypi-cpu'
const run = promisify(execFile)
let folder = ''
beforeAll(async () => {
  if (live) folder = await mkdtemp(join(tmpdir(), 'python-install-live-'))
})
afterAll(async () => {
  if (live) await rm(folder, { recursive: true, force: true })
}, 60_000)

type Changes = { environment?: Record<string, string>; requirements?: readonly string[]; launcher?: string }

/** mlx-lm as it is offered, or with other packages in its place. */
function runtimeWith({ requirements, launcher }: Changes): Runtime {
  if (!requirements) return mlx
  const [kind] = mlx.builds
  const [plan] = kind?.installs(machine) ?? []
  if (!kind || plan?.fetch.kind !== 'python-venv') throw new Error('mlx-lm comes otherwise')
  const other: InstallPlan = {
    ...{ ...plan, why: null },
    fetch: { kind: 'python-venv', requirements, python: '3.9', launcher: { name: 'say.py', text: launcher ?? 'print("1.2.3")\n' } },
  }
  return defineRuntime({ ...mlx, builds: [{ ...kind, find: { ...kind.find, distributions: [] }, installs: () => [other] }] })
}

async function setUp(name: string, changes: Changes = {}) {
  const buildsFolder = join(folder, name, 'builds')
  await mkdir(buildsFolder, { recursive: true })
  const environment = { ...process.env, ...changes.environment }
  const installer = createInstaller({ ...installerDeps(buildsFolder, 'http://127.0.0.1:9'), environment })
  await installer.swept
  await installer.offers(runtimeWith(changes), machine)
  const install = (options: Partial<InstallOptions> = {}) =>
    installer.install(offerId, { signal: AbortSignal.timeout(600_000), onProgress: () => undefined, ...options })
  return { buildsFolder, installer, install }
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )
const left = async (buildsFolder: string) => (await readdir(buildsFolder)).filter(name => name !== '.locks').sort()
const aliveIn = async (path: string) => (await run('ps', ['-A', '-o', 'pid=,args='])).stdout.split('\n').filter(line => line.includes(path))

describe.runIf(live)('an install by uv', () => {
  test(
    'cancelled in the middle leaves no process and no build, and the next one goes on from what was fetched',
    { timeout: 900_000 },
    async () => {
      const { buildsFolder, install, installer } = await setUp('cancelled')
      const abort = new AbortController()
      const stages: string[] = []
      const onStage = (text: string) => {
        stages.push(text)
        if (text.startsWith('fetching')) setTimeout(() => abort.abort(), 700)
      }
      expect(await failureOf(install({ signal: abort.signal, onStage }))).toMatchObject({ code: 'cancelled' })
      expect(stages.length).toBeGreaterThan(3)
      expect(await aliveIn(buildsFolder)).toEqual([])
      expect((await left(buildsFolder)).map(name => name.replace(/-mlx.*$/, ''))).toEqual(['.fetched'])
      const lines: string[] = []
      const began = performance.now()
      const build = await install({ log: line => void lines.push(line) })
      console.log(
        `resumed in ${Math.round(performance.now() - began)} ms: ${lines.filter(line => /Downloading|Prepared/.test(line)).join('; ')}`,
      )
      expect(build).toMatchObject({ id: 'mlx@0.32.2+cpu', origin: 'managed' })
      // uv is not fetched again: the first try had it.
      expect(lines.some(line => line.includes('is fetched by pip'))).toBe(false)
      expect(await left(buildsFolder)).toEqual(['mlx@0.32.2+cpu'])
      expect((await installer.managed.list())[0]?.id).toBe(build.id)
    },
  )

  test('whose host is killed is gone with it; the next host sweeps, is not locked out, and goes on', { timeout: 900_000 }, async () => {
    const { buildsFolder } = await setUp('killed')
    const host = await startHost(buildsFolder)
    await until(async () => (await aliveIn(buildsFolder)).some(line => / pip install .*pylock/.test(line)), 300_000)
    await sleep(300)
    host.kill('SIGKILL')
    await until(async () => (await aliveIn(buildsFolder)).length === 0, 4_000)
    expect((await left(buildsFolder)).some(name => name.startsWith('.unfinished-'))).toBe(true)
    const { install } = await setUp('killed')
    expect((await left(buildsFolder)).map(name => name.replace(/-mlx.*$/, ''))).toEqual(['.fetched'])
    expect(await install()).toMatchObject({ id: 'mlx@0.32.2+cpu' })
  })

  test('on a full disk says so, and works when there is room', { timeout: 900_000 }, async () => {
    const small = join(folder, 'full')
    await mkdir(small, { recursive: true })
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1300m', 'tmpfs', small]).catch(() => null)
    if (!mounted) {
      console.log('no tmpfs can be mounted here: not tried')
      return
    }
    try {
      const changes = { requirements: ['numpy==2.3.5', 'scipy==1.16.3'] }
      const { install, buildsFolder } = await setUp('full', changes)
      // The room was there when it was looked for; another program takes it meanwhile.
      const filler = join(small, 'filler')
      const onStage = (text: string) => {
        if (!text.startsWith('an environment')) return
        const { bavail, bsize } = statfsSync(small)
        const piece = Buffer.alloc(bsize * 1024)
        for (let left = bavail * bsize - 45_000_000; left > piece.length; left -= piece.length) appendFileSync(filler, piece)
      }
      const failure = await failureOf(install({ onStage }))
      console.log(failure instanceof Error ? failure.message : 'no failure')
      expect(failure).toMatchObject({ code: 'disk-full', message: expect.stringMatching(/disk is full/) as string })
      await rm(filler)
      expect(await install()).toMatchObject({ version: '1.2.3' })
      expect(await left(buildsFolder)).toEqual(['mlx@1.2.3+cpu'])
    } finally {
      await run('umount', [small])
    }
  })
  test.each([
    { name: 'without an index', index: 'http://127.0.0.1:9/simple', code: 'offline', words: /cannot be reached/ },
    { name: 'with an index that has nothing', index: null, code: 'not-found', words: /The package index has no / },
  ])('$name says so, and works with the ordinary one', { timeout: 900_000 }, async ({ name, index, code, words }) => {
    const empty = index === null ? await serve(() => ({ status: 404, body: '' })) : null
    const requirements = ['idna==3.10']
    const broken = {
      UV_DEFAULT_INDEX: index ?? `${empty?.address ?? ''}/simple`,
      UV_HTTP_RETRIES: '0',
      UV_FIND_LINKS: '',
      PIP_FIND_LINKS: '',
    }
    const failure = await failureOf((await setUp(name, { environment: broken, requirements })).install())
    await empty?.close()
    console.log(failure instanceof Error ? failure.message : 'no failure')
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) as string })
    expect(await (await setUp(name, { requirements })).install()).toMatchObject({ version: '1.2.3' })
  })

  test('of another file than the index announced is refused', { timeout: 300_000 }, async () => {
    const wheel = await wheelOf('roundhouse_tried', 'x = 2')
    const announced = createHash('sha256').update('another').digest('hex')
    const server = await serve(path =>
      path.startsWith('/simple/')
        ? {
            status: 200,
            body: `<a href="/roundhouse_tried-1.0-py3-none-any.whl#sha256=${announced}">roundhouse_tried-1.0-py3-none-any.whl</a>`,
          }
        : { status: 200, body: wheel },
    )
    const environment = { UV_DEFAULT_INDEX: `${server.address}/simple`, UV_HTTP_RETRIES: '0' }
    const { install, buildsFolder } = await setUp('mismatch', { environment, requirements: ['roundhouse-tried==1.0'] })
    const failure = await failureOf(install())
    await server.close()
    expect(failure).toMatchObject({
      code: 'hash-mismatch',
      message: expect.stringMatching(/not the file that the index announced/) as string,
    })
    await until(async () => (await aliveIn(buildsFolder)).length === 0, 4_000)
  })

  test('of packages for another platform says whose they are', { timeout: 300_000 }, async () => {
    const { install } = await setUp('platform', { requirements: ['mlx-metal==0.32.4'] })
    const failure = await failureOf(install())
    expect(failure).toMatchObject({
      code: 'not-available-here',
      message: expect.stringMatching(/^mlx-metal==0.32.4 has no package for this system/) as string,
    })
  })
})

async function until(holds: () => Promise<boolean>, withinMs: number) {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to be')
    await sleep(50)
  }
}

async function startHost(buildsFolder: string) {
  const outfile = join(folder, 'host.mjs')
  const at = (path: string) => JSON.stringify(join(import.meta.dirname, '..', '..', path))
  const contents = `
import { createInstaller } from ${at('electron/core/install/installer.ts')}
import { createBackground } from ${at('electron/core/lib/background.ts')}
import { systemClock } from ${at('electron/core/lib/clock.ts')}
import { runTool } from ${at('electron/core/lib/run-tool.ts')}
import { mlx } from ${at('electron/core/runtimes/mlx.ts')}
const background = createBackground(${at('dist/host/worker.js')})
const installer = createInstaller({ buildsFolder: ${JSON.stringify(buildsFolder)}, background, fetch, clock: systemClock, runTool,
  githubAddress: 'http://127.0.0.1:9', environment: process.env, downloader: null, pypiReachable: () => null, findBuilds: async () => [] })
await installer.offers(mlx, ${JSON.stringify(machine)})
await installer.install(${JSON.stringify(offerId)}, { signal: new AbortController().signal, onProgress() {} })`
  const banner = { js: "import{createRequire as __create}from'node:module';const require=__create(import.meta.url);" }
  await build({
    ...{ stdin: { contents, resolveDir: import.meta.dirname }, outfile, bundle: true, platform: 'node', format: 'esm', banner },
    logLevel: 'error',
  })
  return spawn(process.execPath, [outfile], { stdio: 'ignore' })
}

async function serve(answer: (path: string) => { status: number; body: string | Buffer }) {
  const server = createServer((request, response) => {
    const { status, body } = answer(new URL(request.url ?? '/', 'http://here').pathname)
    response.writeHead(status, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>(resolve => void server.close(() => resolve())),
  }
}

async function wheelOf(name: string, text: string): Promise<Buffer> {
  const path = join(folder, `${name}-1.0-py3-none-any.whl`)
  const code = `
import sys, zipfile
name, text, path = sys.argv[1:]
with zipfile.ZipFile(path, 'w') as z:
    z.writestr(name + '/__init__.py', text)
    d = name + '-1.0.dist-info/'
    for file, words in (('METADATA', 'Metadata-Version: 2.1\\nName: %s\\nVersion: 1.0\\n' % name), ('WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'), ('RECORD', '')):
        z.writestr(d + file, words)
`
  await run('python3', ['-c', code, name, text, path])
  return await readFile(path)
}
