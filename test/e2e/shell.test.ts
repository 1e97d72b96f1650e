import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, runCli } from './harness'
import { distForOldElectron, fetchOldElectron } from './old-electron'
import { closeShell, isAlive, launchShell, processesOf, runShell, startDisplay, untilGone } from './shell-run'

const electron = fetchOldElectron()
if (!electron.found) process.stdout.write(`skipped: the real shell was not run, since ${electron.why}\n`)

describe.skipIf(!electron.found)('the shell in a real Electron', () => {
  const folder = join(tmpdir(), `roundhouse-shell-${randomUUID()}`)
  const home = join(folder, 'home')
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    ROUNDHOUSE_HOME: home,
    ROUNDHOUSE_NODE: process.execPath,
  }
  const options = { file: electron.found ? electron.file : '', args: [folder], env }
  let display: ChildProcess | undefined
  let app: ElectronApplication
  let page: Page

  beforeAll(async () => {
    mkdirSync(folder, { mode: 0o700 })
    await distForOldElectron(join(folder, 'dist'))
    cpSync(join(root, 'resources'), join(folder, 'resources'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'roundhouse-shell-test', type: 'module', main: 'dist/main.cjs' }))
    // node-llama-cpp is found beside the app, as in a checkout.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const { name, process: started } = await startDisplay()
    display = started
    env.DISPLAY = name
    app = await launchShell(options)
    page = await app.firstWindow()
  }, 90_000)

  afterAll(async () => {
    await app.close().catch(() => undefined)
    display?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }, 30_000)

  const text = () => page.evaluate(() => document.body.innerText)
  const shows = (words: string) =>
    page.waitForFunction(wanted => document.body.innerText.includes(wanted), words, { timeout: 20_000, polling: 100 })
  const hostPid = () => (JSON.parse(readFileSync(join(home, 'run', 'host.json'), 'utf8')) as { pid: number }).pid

  /** Starts the engine test with the command line, which talks to the host that the shell forked. */
  async function startEngineTest(): Promise<number> {
    const { code, stdout, stderr } = await runCli(
      { environment: { ...process.env, ...env } },
      'up',
      '--model',
      'roundhouse/canary',
      '--json',
    )
    expect(code, stderr).toBe(0)
    const up = JSON.parse(stdout) as { hostPid: number; instances: { pid: number }[] }
    expect(up.hostPid).toBe(hostPid())
    return up.instances[0]?.pid ?? 0
  }

  test('the window opens, its port reaches the host, and the page shows the machine that the host detected', async () => {
    await shows('Gateway ready')
    const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''
    await shows(system)
    await shows('exact command')
    expect(isAlive(hostPid())).toBe(true)
    if (process.env.ROUNDHOUSE_SHELL_SHOT) await page.screenshot({ path: process.env.ROUNDHOUSE_SHELL_SHOT })
  }, 60_000)

  test('nothing of Node is in the page, and of the shell only the file dialog', async () => {
    const kinds = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].map(name => typeof Reflect.get(globalThis, name)),
    )
    expect(new Set(kinds)).toEqual(new Set(['undefined']))
    expect(await page.evaluate(() => Object.keys(Reflect.get(globalThis, 'roundhouse') as object))).toEqual(['chooseModelFile'])
    const used = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
    })
    expect(used).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false })
  })

  test('navigation, new windows and downloads are refused; only web addresses reach the browser of the person', async () => {
    const probe = join(folder, 'probe')
    const out = join(folder, 'probe.json')
    mkdirSync(probe)
    cpSync(join(import.meta.dirname, 'shell-probe.cjs'), join(probe, 'shell-probe.cjs'))
    writeFileSync(join(probe, 'package.json'), JSON.stringify({ name: 'roundhouse-shell-probe', main: 'shell-probe.cjs' }))
    const own = { ...env, ROUNDHOUSE_HOME: join(folder, 'probe-home'), PROBE_MAIN: join(folder, 'dist', 'main.cjs'), PROBE_OUT: out }
    expect(await runShell({ ...options, args: [probe], env: own })).toBe(0)
    const found = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>
    expect(found).toMatchObject({ windows: 1, downloads: 0 })
    expect(found.opened).toEqual(['https://example.invalid/help'])
    expect(found.before).toMatch(/^roundhouse-app:\/\/window\/index\.html/)
    expect(found.after).toBe(found.before)
  }, 40_000)

  test('permissions are denied, and the policy of the page holds', async () => {
    const found = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.injected = true'
      document.head.append(script)
      const status = async (address: string) =>
        fetch(address).then(
          reply => reply.status,
          () => 'refused',
        )
      return {
        position: await new Promise(resolve =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('given'),
            error => resolve(error.code),
          ),
        ),
        midi: await navigator.requestMIDIAccess({ sysex: true }).then(
          () => 'given',
          (error: unknown) => (error instanceof Error ? error.name : error),
        ),
        notifications: await Notification.requestPermission(),
        injected: typeof Reflect.get(globalThis, 'injected'),
        outside: await status('https://example.invalid/'),
        file: await status('file:///etc/passwd'),
        above: await status('roundhouse-app://window/..%2f..%2fpackage.json'),
        own: await status('roundhouse-app://window/index.html'),
      }
    })
    expect(found).toMatchObject({
      ...{ position: 1, midi: 'SecurityError', notifications: 'denied' },
      ...{ injected: 'undefined', outside: 'refused', file: 'refused', above: 404, own: 200 },
    })
  })

  test('a second start shows the window of the first and ends', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    expect(await runShell(options)).toBe(0)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map(each => each.isVisible()))).toEqual([true])
  }, 30_000)

  test('a host that dies is started again, and the same page goes on with it', async () => {
    const before = hostPid()
    await page.evaluate(() => Object.assign(globalThis, { same: true }))
    process.kill(before, 'SIGKILL')
    await expect.poll(() => (existsSync(join(home, 'run', 'host.json')) ? hostPid() : before), { timeout: 10_000 }).not.toBe(before)
    await shows('Nothing loaded')
    await startEngineTest()
    await expect.poll(text, { timeout: 10_000 }).not.toContain('Nothing loaded')
    expect(await page.evaluate(() => Reflect.get(globalThis, 'same') as unknown)).toBe(true)
  }, 60_000)

  test('quitting ends host and engine', async () => {
    const started = processesOf(home)
    expect(started).toContain(hostPid())
    await closeShell(app, home)
    await untilGone(started, 1_000)
    expect(processesOf(home)).toEqual([])
    expect(existsSync(join(home, 'run', 'host.json'))).toBe(false)
  }, 30_000)

  test('kill -9 of the shell leaves neither host nor engine alive after a second', async () => {
    await app.close().catch(() => undefined)
    app = await launchShell(options)
    page = await app.firstWindow()
    await shows('Gateway ready')
    const engine = await startEngineTest()
    const started = [...processesOf(home), engine]
    app.process().kill('SIGKILL')
    expect(await untilGone(started, 1_000)).toBeLessThan(1_000)
    expect(processesOf(home)).toEqual([])
  }, 60_000)

  test('a host that runs already is joined, quitting leaves it, and its end gives the window a host of its own', async () => {
    await app.close().catch(() => undefined)
    const served = spawn(process.execPath, [join(folder, 'dist', 'host', 'host.js'), '--background'], { env, stdio: 'ignore' })
    await expect.poll(() => existsSync(join(home, 'run', 'host.json')) && hostPid(), { timeout: 10_000 }).toBe(served.pid)
    app = await launchShell(options)
    page = await app.firstWindow()
    await shows('Gateway ready')
    await shows('exact command')
    expect(hostPid()).toBe(served.pid)
    await startEngineTest()
    await expect.poll(text, { timeout: 10_000 }).not.toContain('Nothing loaded')
    await closeShell(app, home)
    expect(isAlive(served.pid ?? 0)).toBe(true)

    app = await launchShell(options)
    page = await app.firstWindow()
    await shows('Gateway ready')
    served.kill('SIGTERM')
    await expect.poll(() => (existsSync(join(home, 'run', 'host.json')) ? hostPid() : served.pid), { timeout: 20_000 }).not.toBe(served.pid)
    await shows('Nothing loaded')
    await closeShell(app, home)
    expect(processesOf(home)).toEqual([])
  }, 90_000)
})
