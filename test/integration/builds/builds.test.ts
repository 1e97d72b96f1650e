import { appendFile, link, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startRequestSchema } from '../../../electron/contract/instance'
import type { Job } from '../../../electron/contract/job'
import { createCore, type Core } from '../../../electron/core/core'
import { openHome } from '../../../electron/core/lib/home'
import { tarOf } from '../install/archives'
import { serveReleases } from '../install/release-server'

/**
 * The whole core against a server of releases. The program in them is NOT an engine: a script that says version, flags and
 * devices as llama-server does and counts how often it was asked.
 */
const root = join(import.meta.dirname, '..', '..', '..')
const offer = 'llama.cpp/llama-server/github-cpu-x64'
const id = 'llama.cpp@b12345+cpu'
let folder: string
let core: Core
let close: () => Promise<unknown>

const script = (log: string) => `#!/bin/sh
echo "$1" >> ${log}
case "$1" in
--help|-h) echo "-m,    --model FNAME     model path"; echo "-c,    --ctx-size N     size of the context"; echo "--port PORT    port" ;;
--list-devices) echo "Available devices:" ;;
*) echo "version: 0.9.0 (build 12345, commit abc)" >&2 ;;
esac
`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'builds-'))
  const program = { name: 'llama-b12345/llama-server', text: script(join(folder, 'asked')), mode: 0o755 }
  const content = tarOf([program, { name: 'llama-b12345/libggml.so', text: 'x'.repeat(100_000) }])
  const server = await serveReleases([{ name: 'llama-b12345-bin-ubuntu-x64.tar.gz', content }], { repository: 'ggml-org/llama.cpp' })
  close = server.close
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const environment = {
    ...{ ...process.env, ROUNDHOUSE_HOME: join(folder, 'home'), ROUNDHOUSE_GITHUB: server.address, PATH: `${bin}:/usr/bin:/bin` },
    ...{ ROUNDHOUSE_HUB: server.address, PIP_INDEX_URL: server.address },
  }
  core = await createCore({
    ...{ home: openHome(environment), shell: 'browser', resourcesFolder: join(root, 'resources'), environment, engineLauncher: null },
    ...{ workerFile: join(root, 'dist', 'host', 'worker.js'), engineFile: join(root, 'dist', 'host', 'engine.js') },
    shutDown: () => undefined,
  })
})

afterAll(async () => {
  await core.dispose()
  await close()
  await rm(folder, { recursive: true, force: true })
})

const ended = async (job: Job | Promise<Job>) => core.jobs.finished((await job).id)
const detail = async () => {
  const found = (await core.runtimes.snapshot()).runtimes.find(each => each.id === 'llama.cpp')
  if (!found) throw new Error('it is not in the snapshot')
  return found
}
const ours = async () => (await detail()).builds.find(each => each.id === id)
const request = (settings: Record<string, string | number | boolean> | undefined, flags: string[] = []) =>
  startRequestSchema.parse({ runtime: 'llama.cpp', build: id, model: 'roundhouse/canary', flags, ...(settings ? { settings } : {}) })

test('an offer shows its plan, is installed as a job, and becomes the build that starts take', async () => {
  const shown = (await detail()).offers.find(each => each.id === offer)
  expect(shown).toMatchObject({
    version: 'b12345',
    fetchKind: 'github-release',
    why: null,
    updates: null,
    plan: { fits: true, needsAgreement: false },
  })
  // What the app brings is the only build so far.
  await expect(core.runtimes.updatePlan('llama.cpp', null)).rejects.toThrow(
    /^Built-in engine .* is part of Roundhouse and is updated with it\. Beside it could be installed: llama-server for the CPU b12345,/,
  )
  expect(shown?.plan.fetches[0]).toMatchObject({ name: 'llama-b12345-bin-ubuntu-x64.tar.gz', bytes: shown?.bytes })
  expect(await ended(core.runtimes.install(offer))).toMatchObject({ state: 'done', result: id, kind: 'install' })
  const build = await ours()
  expect(build).toMatchObject({ active: true, activeOfKind: true, removable: true, repairable: true, usedBy: [], warnings: [], files: 2 })
  expect(build?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  // What removing frees is measured, and told when it is known: the figure that the removal says.
  await vi.waitFor(async () => expect((await ours())?.bytes).not.toBeNull(), 10_000)
  expect((await ours())?.bytes).toBe((await core.runtimes.removal(id)).bytes)
  expect((await ours())?.bytes).toBeGreaterThan(100_000)
  expect((await detail()).offers.some(each => each.id === offer)).toBe(false)
})

test('the command of a start is shown with what the build does not take, and its help is asked once', async () => {
  const [setting] = (await detail()).settings.filter(each => each.flag !== null && each.value.kind === 'number')
  if (setting?.value.kind !== 'number') throw new Error('there is no setting')
  const rendered = await core.runtimes.render(request({ [setting.id]: setting.value.least, nonsense: 1 }, ['--no-such-flag']))
  expect(rendered.command[0]).toMatch(/llama-server$/)
  expect(rendered.problems.map(each => [each.kind, each.setting])).toEqual(
    expect.arrayContaining([
      ['unknown-setting', 'nonsense'],
      ['unknown-flag', setting.id],
      ['unknown-flag', null],
    ]),
  )
  expect(rendered.environment).not.toHaveProperty('LLAMA_API_KEY', expect.stringMatching(/^[A-Za-z0-9]/))
  await core.runtimes.render(request({}))
  const asked = (await readFile(join(folder, 'asked'), 'utf8')).split('\n').filter(line => line === '--help' || line === '-h')
  expect(asked).toHaveLength(1)
  expect((await ours())?.flags).toBeGreaterThan(2)
})

test('settings are checked, kept, and gone back on together with the build', async () => {
  expect(() => core.runtimes.saveSettings('llama.cpp', { nonsense: 1 })).toThrow(/no setting named nonsense/)
  const [setting] = (await detail()).settings.filter(each => each.value.kind === 'number')
  if (setting?.value.kind !== 'number') throw new Error('there is no setting')
  const values = { [setting.id]: setting.value.most }
  core.runtimes.saveSettings('llama.cpp', values)
  const builtIn = (await detail()).builds.find(each => each.origin === 'bundled')?.id ?? ''
  await core.runtimes.use(builtIn)
  core.runtimes.saveSettings('llama.cpp', {})
  expect((await detail()).builds.find(each => each.active)?.id).toBe(builtIn)
  expect((await detail()).rollbacks).toMatchObject([{ from: builtIn, to: id }])
  expect(await core.runtimes.rollback('llama.cpp', null)).toEqual({ build: id })
  expect(await detail()).toMatchObject({ saved: values, rollbacks: [] })
  expect((await ours())?.active).toBe(true)
  await expect(core.runtimes.rollback('llama.cpp', null)).rejects.toMatchObject({ code: 'not-found' })
  core.runtimes.saveSettings('llama.cpp', {})
})

test('a changed byte refuses the start and names the build; a repair puts the same files back', async () => {
  const build = await ours()
  const library = join(build?.path ?? '', '..', 'libggml.so')
  await appendFile(library, 'y')
  const job = await ended(core.stack.start(request(undefined)))
  expect(job).toMatchObject({ state: 'failed', failure: { code: 'build-changed', subject: id } })
  expect(await ours()).toMatchObject({ warnings: [{ kind: 'files-changed' }] })
  expect(await ended(core.runtimes.repair(id))).toMatchObject({ state: 'done', result: id })
  expect(await readFile(library, 'utf8')).toBe('x'.repeat(100_000))
  expect(await ours()).toMatchObject({ warnings: [] })
  // Another time alone is no change: the content decides.
  await utimes(library, new Date(), new Date())
  await core.runtimes.checkBuild(await core.runtimes.builds().then(all => all.find(each => each.id === id) ?? all[0] ?? fail()), {
    signal: AbortSignal.timeout(9_000),
  })
  // Of the same length, with its time put back: only the content tells.
  const again = await ended(core.runtimes.repair(id))
  expect(again.state).toBe('done')
  await writeFile(library, 'z'.repeat(100_000))
  expect(await ended(core.stack.start(request(undefined)))).toMatchObject({ failure: { code: 'build-changed' } })
  await ended(core.runtimes.repair(id))
})

function fail(): never {
  throw new Error('there is no build')
}

test('removing frees what it said, and takes only what is ours', async () => {
  await writeFile(join(folder, 'cached'), 'c'.repeat(2_000_000))
  await link(join(folder, 'cached'), join((await core.runtimes.removal(id)).folder ?? '', 'cached'))
  const said = await core.runtimes.removal(id)
  expect(said).toMatchObject({ removable: true, why: null, next: expect.stringContaining('built-in') as string })
  expect(said.bytes).toBeLessThan(2_000_000)
  expect(said.stays).toContainEqual(expect.stringMatching(/^2\.0 MB of its files stay: another folder/) as string)
  const job = await ended(core.runtimes.remove(id))
  expect(job.state).toBe('done')
  expect(job.log.map(line => line.text)).toEqual([
    `said: ${said.bytes} bytes in ${said.files} files`,
    `freed: ${said.bytes} bytes in ${said.files} files`,
  ])
  expect((await readdir(join(folder, 'home', 'builds'))).filter(name => !name.startsWith('.'))).toEqual([])
  expect(await ours()).toBeUndefined()
  const builtIn = (await detail()).builds.find(each => each.origin === 'bundled')?.id ?? ''
  expect(await ended(core.runtimes.remove(builtIn))).toMatchObject({ state: 'failed', failure: { code: 'bad-input' } })
  await expect(core.runtimes.removal('llama.cpp@nothing')).rejects.toMatchObject({ code: 'not-found' })
})

test('an update without anything newer says so, and the doctor tells where it looked', async () => {
  await expect(core.runtimes.updatePlan('llama.cpp', 'llama.cpp/llama-server/github-cpu-x64@b1')).rejects.toMatchObject({
    code: 'not-available-here',
  })
  await expect(core.runtimes.updatePlan('nothing', null)).rejects.toMatchObject({ code: 'not-found' })
  const program = join(folder, 'bin', 'llama-server')
  await writeFile(program, script(join(folder, 'asked')), { mode: 0o755 })
  const report = await core.runtimes.doctor('llama.cpp', true)
  const looks = report.looks.filter(each => each.kind === 'llama-server' && each.outcome === 'found').map(each => each.what)
  expect(looks).toEqual(expect.arrayContaining(['command', 'version', 'devices']))
  expect(report.recordings.find(each => each.name === 'llama-server-version.txt')?.text).toContain('build 12345')
  expect(report.builds).toContain('llama.cpp@b12345+llama-server')
  expect((await core.runtimes.doctor('llama.cpp', false)).recordings).toEqual([])
})
