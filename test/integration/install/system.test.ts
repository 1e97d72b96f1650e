import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createBuildFinder } from '../../../electron/core/install/find-builds'
import { createInstaller } from '../../../electron/core/install/installer'
import { runTool } from '../../../electron/core/lib/run-tool'
import type { InstallPlan } from '../../../electron/core/runtimes/runtime'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, put } from './archives'
import { installerDeps } from './installing'
import { runtimeWith } from './release-server'

const machine = machineOf()
const server = '#!/bin/sh\necho "version: 0.9.0 (build 777, commit abc)" >&2\n'

/** A package manager that is a script: it writes the program to the PATH, or does not. */
async function setUp(folder: string, fetch: InstallPlan['fetch'], manager: string | null) {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const environment = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder }
  if (manager !== null) {
    await put(bin, 'brew', `#!/bin/sh\necho "$@" > ${folder}/asked\n${manager}\n`)
    await chmod(join(bin, 'brew'), 0o755)
  }
  const buildsFolder = join(folder, 'builds')
  const finder = createBuildFinder({ runTool, fetch: globalThis.fetch, homeFolder: folder, environment, buildsFolder })
  const runtime = runtimeWith(fetch)
  const installer = createInstaller({
    ...{ ...installerDeps(buildsFolder, 'http://127.0.0.1:9'), environment, findBuilds: finder.find, lookEveryMs: 20 },
  })
  const [offer] = await installer.offers(runtime, machine)
  const writeServer = async () => {
    await put(bin, 'llama-server', server)
    await chmod(join(bin, 'llama-server'), 0o755)
  }
  return { bin, installer, offer, id: offer?.id ?? '', writeServer }
}

const brew: InstallPlan['fetch'] = {
  ...{ kind: 'package-manager', manager: 'brew', package: 'engine', command: ['brew', 'install', 'engine'], executable: 'llama-server' },
}
const vendor: InstallPlan['fetch'] = { kind: 'vendor', page: 'https://example.org/get', steps: ['Open the page.', 'Run the installer.'] }
const options = () => ({ signal: AbortSignal.timeout(20_000), onProgress: () => undefined, log: vi.fn() })

test('a package manager is shown with its command, run with its log, and its build is found', async () => {
  await inFolder(async folder => {
    const program = `echo "==> Pouring engine"; printf '%s' '${server}' > $(dirname $0)/llama-server; chmod 755 $(dirname $0)/llama-server`
    const { bin, installer, id } = await setUp(folder, brew, program)
    expect((await installer.detail(id, [])).plan).toMatchObject({ commands: [['brew', 'install', 'engine']], needsAgreement: true })
    const means = options()
    const build = await installer.install(id, means)
    expect(build).toMatchObject({ origin: 'adopted', version: 'b777', path: join(bin, 'llama-server') })
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('install engine\n')
    expect(means.log.mock.calls.flat()).toEqual(['brew install engine', '==> Pouring engine'])
  })
})

test.each([
  ['that fails', 'echo "Error: no bottle available" >&2; exit 1', 'download-failed', /ended with 1: .*no bottle/],
  ['that brings nothing', 'echo done', 'not-installed', /was not found afterwards: done/],
])('a package manager %s is told with its last words', async (_name, ...[script, code, words]) => {
  await inFolder(async folder => {
    const { installer, id } = await setUp(folder, brew, script)
    await expect(installer.install(id, options())).rejects.toMatchObject({ code, message: expect.stringMatching(words) as string })
  })
})

test('a package manager that is not here is the reason beside the offer', async () => {
  await inFolder(async folder => {
    const { offer } = await setUp(folder, { ...brew, command: ['no-such-manager', 'install'] }, null)
    expect(offer?.why).toBe('It needs no-such-manager, which is not here.')
  })
})

test("a maker's own installer is waited for until its program is there", async () => {
  await inFolder(async folder => {
    const { bin, installer, id, writeServer } = await setUp(folder, vendor, null)
    expect((await installer.detail(id, [])).plan).toMatchObject({
      page: 'https://example.org/get',
      steps: ['Open the page.', 'Run the installer.'],
    })
    const means = options()
    const watching = installer.install(id, means)
    setTimeout(() => void writeServer(), 100)
    expect(await watching).toMatchObject({ origin: 'adopted', path: join(bin, 'llama-server') })
    expect(means.log.mock.calls.flat()).toEqual(['1. Open the page.', '2. Run the installer.'])
  })
})

test('waiting ends when it is cancelled', async () => {
  await inFolder(async folder => {
    const { installer, id } = await setUp(folder, vendor, null)
    const cancel = new AbortController()
    const watching = installer.install(id, { ...options(), signal: cancel.signal })
    setTimeout(() => cancel.abort(), 60)
    await expect(watching).rejects.toMatchObject({ name: 'AbortError' })
  })
})
