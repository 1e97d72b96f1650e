import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { spawn, type ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './harness'
import { buildForOldElectron, fetchOldElectron } from './old-electron'

const electron = fetchOldElectron()
if (!electron.found) process.stdout.write(`skipped: the real shell was not run, since ${electron.why}\n`)

describe.skipIf(!electron.found)('the shell in a real Electron', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-shell-'))
  let display: ChildProcess
  let app: ElectronApplication

  beforeAll(async () => {
    await buildForOldElectron(folder)
    // node-llama-cpp is found beside the app, as in a checkout.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const number = `:${90 + Math.floor(Math.random() * 800)}`
    display = spawn('Xvfb', [number, '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], { stdio: 'ignore' })
    app = await _electron.launch({
      executablePath: electron.found ? electron.file : '',
      args: ['--no-sandbox', '--disable-gpu', folder],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        DISPLAY: number,
        ROUNDHOUSE_HOME: join(folder, 'home'),
        ROUNDHOUSE_NODE: process.execPath,
      },
    })
  }, 90_000)

  afterAll(async () => {
    await app.close().catch(() => undefined)
    display.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  test('the window opens, its port reaches the host, and the page shows what the host detected', async () => {
    const page = await app.firstWindow()
    await page.waitForFunction(() => document.body.innerText.includes('Gateway ready'), undefined, { timeout: 30_000 })
    const memory = await page.evaluate(() => document.body.innerText)
    expect(memory).toMatch(/GB/)
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined')
    expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'process'))).toBe('undefined')
  }, 40_000)

  test('navigation elsewhere and new windows are refused', async () => {
    const page = await app.firstWindow()
    await page.evaluate(() => {
      window.open('https://example.invalid/')
      location.href = 'https://example.invalid/'
    })
    await page.waitForTimeout(300)
    expect(page.url()).toMatch(/^roundhouse-app:\/\/window\//)
    expect(app.windows()).toHaveLength(1)
  })
})
