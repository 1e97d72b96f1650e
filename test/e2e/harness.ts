import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from '../../electron/dev/test-tools'

export const root = join(import.meta.dirname, '..', '..')
export const cli = join(root, 'dist', 'host', 'cli.js')
/** `npm run screenshots` renews the README's pictures; other runs leave theirs in test-results/. */
const screenshots = process.env.ROUNDHOUSE_SCREENSHOTS ? join(root, 'resources', 'screenshots') : join(root, 'test-results')

/** The flags keep Chromium from looking for a network that is not there. */
const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type App = {
  home: string
  link: string
  host: ChildProcess
  environment: NodeJS.ProcessEnv
  startedInMs: number
  end(): Promise<void>
}

/** Starts the real app headless with a home of its own and waits for its link. */
export async function startApp(extra: Record<string, string> = {}): Promise<App> {
  const home = mkdtempSync(join(tmpdir(), 'roundhouse-e2e-'))
  const environment = { ...process.env, ROUNDHOUSE_HOME: home, ...extra }
  const began = performance.now()
  const host = spawn(process.execPath, [cli, 'serve', '--no-open'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  host.stderr.on('data', (data: Buffer) => (errors += data.toString()))
  const link = await new Promise<string>((resolve, reject) => {
    let output = ''
    host.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      const found = /http:\/\/\S+\/open\/\S+/.exec(output)?.[0]
      if (found) resolve(found)
    })
    host.once('exit', code => reject(new Error(`the host ended with ${code}: ${errors}`)))
  })
  const end = async () => {
    if (host.exitCode === null && host.signalCode === null) {
      const gone = new Promise(resolve => host.once('exit', resolve))
      host.kill('SIGTERM')
      await gone
    }
    rmSync(home, { recursive: true, force: true })
  }
  return { home, link, host, environment, startedInMs: performance.now() - began, end }
}

/** Opens Debian's Chromium; fails in plain words where there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('No Chromium was found. On Debian: apt-get install chromium, or name one in CHROMIUM.')
  mkdirSync(screenshots, { recursive: true })
  return chromium.launch({ executablePath, args: chromiumFlags })
}

/** A page in a context of its own whose errors and policy violations fail the test that asks for them. */
export async function openPage(browser: Browser, options: { theme?: 'light' | 'dark'; width?: number; height?: number } = {}) {
  const { theme = 'light', width = 1440, height = 900 } = options
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { page, context, faults }
}

/** A command that hangs is ended, so that its test tells what it said until then. */
const CLI_ENDS_WITHIN_MS = 60_000

/** Runs the command line with the app's home and returns what it printed. */
export function runCli(app: Pick<App, 'environment'>, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: app.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CLI_ENDS_WITHIN_MS,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  return new Promise(resolve => child.once('close', code => resolve({ code, stdout, stderr })))
}

export const shot = (page: Page, name: string) => page.screenshot({ path: join(screenshots, `${name}.png`) })
