import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { _electron, type ElectronApplication } from 'playwright-core'

/** A display of its own, so that nothing appears on the one of whoever runs the tests. */
export async function startDisplay(): Promise<{ name: string; process: ChildProcess }> {
  const display = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const name = await new Promise<string>((resolve, reject) => {
    display.stdout.once('data', (data: Buffer) => resolve(`:${data.toString().trim()}`))
    display.once('exit', code => reject(new Error(`Xvfb ended with ${code}`)))
  })
  return { name, process: display }
}

export type ShellOptions = { file: string; args: string[]; env: Record<string, string> }

/** As root Chromium's own sandbox cannot be used; the renderer's `sandbox` option is tested all the same. */
export const shellFlags = ['--no-sandbox', '--disable-gpu']

export function launchShell({ file, args, env }: ShellOptions): Promise<ElectronApplication> {
  return _electron.launch({ executablePath: file, args: [...shellFlags, ...args], env, timeout: 30_000 })
}

/** Quits as a person would. An app that does not end says what still runs for its home, and what windows it shows. */
export async function closeShell(app: ElectronApplication, home: string): Promise<void> {
  const waiting = new AbortController()
  const overdue = sleep(CLOSES_WITHIN_MS, true, { signal: waiting.signal }).catch(() => false)
  const isOverdue = await Promise.race([app.close().then(() => false), overdue])
  waiting.abort()
  if (!isOverdue) return
  const processes = processesOf(home).map(commandOf)
  const windows = spawnSync('xwininfo', ['-root', '-tree'], { env: { ...process.env, DISPLAY: displayOf(app) }, encoding: 'utf8' }).stdout
  app.process().kill('SIGKILL')
  throw new Error(`The app was asked to quit and did not end.\n${processes.join('\n')}\n${windows || 'xwininfo is not here'}`)
}

const CLOSES_WITHIN_MS = 20_000

const displayOf = (app: ElectronApplication) =>
  /(?:^|\0)DISPLAY=([^\0]*)/.exec(readFileSync(`/proc/${app.process().pid}/environ`, 'utf8'))?.[1] ?? ''

/** Starts the app without a debugger and waits for its end. */
export function runShell({ file, args, env }: ShellOptions): Promise<number | null> {
  const child = spawn(file, [...shellFlags, ...args], { env, stdio: 'ignore', timeout: 20_000 })
  return new Promise(resolve => child.once('exit', resolve))
}

/** Ids of all processes started for a home, by their environment or command line (Linux). */
export function processesOf(home: string): number[] {
  const holds = (pid: string, name: string) => {
    try {
      return readFileSync(join('/proc', pid, name), 'utf8').includes(home)
    } catch {
      return false
    }
  }
  const ids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  return ids.filter(pid => holds(pid, 'environ') || holds(pid, 'cmdline')).map(Number)
}

/** Not a zombie, which only waits for its parent to look. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Milliseconds until none of them lives; fails in plain words after the limit. */
export async function untilGone(pids: readonly number[], limitMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const left = pids.filter(isAlive)
    const passedMs = performance.now() - began
    if (left.length === 0) return passedMs
    if (passedMs > limitMs) throw new Error(`still alive after ${Math.round(passedMs)} ms: ${left.map(commandOf).join('; ')}`)
    await sleep(10)
  }
}

function commandOf(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`
  } catch {
    return String(pid)
  }
}
