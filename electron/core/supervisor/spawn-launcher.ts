import { execa } from 'execa'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import { environmentFor, withPrograms } from './environment'
import { guardArguments } from './guard'
import type { Launcher, LaunchOptions, ProcessExit, ProcessHandle } from './launcher'
import { readLines } from './output'
import { livingMembers, untilGone } from './processes'

export type SpawnLauncherOptions = {
  /** Random name of this home; the marker of every process begins with it. */
  installId: string
  /** Between TERM and KILL when the app is gone or a runtime left children behind; at most 500. */
  graceMs?: number
  /** The app's environment, of which the allowed part is passed on. */
  environment?: NodeJS.ProcessEnv
}

/** How a process is marked as ours: `RH_RUN_ID=INSTALL:RUN` in its environment. */
export const markerOf = (installId: string, runId: string) => `${installId}:${runId}`

/** After the end of a process its pipes may be held open by a child that left the group: output is waited for this long. */
const drainMs = 300
/** Children that were killed are waited for this long. */
const killedMs = 2_000

/** Starts runtimes as children under the guard (POSIX), or as hidden children of the app's own job (Windows). */
export function createSpawnLauncher({ installId, graceMs = 400, environment = process.env }: SpawnLauncherOptions): Launcher {
  return {
    async launch(wanted, options: LaunchOptions) {
      if (wanted.kind !== 'spawn') throw new Failure('unexpected', 'This launcher starts executables only')
      await checkExecutable(wanted.file)
      const marker = markerOf(installId, options.runId)
      const env = withPrograms(environmentFor(environment, wanted.env), wanted.programs ?? null)
      const common = {
        env,
        extendEnv: false,
        buffer: false,
        reject: false,
        cleanup: false,
        ...(wanted.cwd === null ? {} : { cwd: wanted.cwd }),
      } as const
      if (process.platform === 'win32') {
        // libuv puts a child that is not detached into a job that ends with the app.
        const child = execa(wanted.file, [...wanted.args], {
          ...common,
          env: { ...env, RH_RUN_ID: marker },
          stdin: 'ignore',
          windowsHide: true,
        })
        return handleOf(child, windowsGroup)
      }
      const guarded = guardArguments(marker, graceMs, [wanted.file, ...wanted.args])
      return handleOf(
        execa('/bin/sh', guarded, { ...common, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true }),
        posixGroup(marker, graceMs),
      )
    },
  }
}

/** Rejects with Failure `not-installed` when there is nothing to start. */
export async function checkExecutable(file: string) {
  if (!isAbsolute(file)) throw new Failure('not-installed', `${file} is not an absolute path`)
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new Failure('not-installed', `${file} is not there`)
  await access(file, constants.X_OK).catch((cause: unknown) => {
    throw new Failure('not-installed', `${file} may not be executed`, { cause })
  })
}

type Group = {
  signal(pid: number, kind: 'term' | 'kill'): void
  /** Ends what the process left behind. */ finish(pid: number): Promise<void>
}

async function handleOf(started: PromiseLike<object> & { nodeChildProcess: ChildProcess }, group: Group): Promise<ProcessHandle> {
  const child = started.nodeChildProcess
  const { pid } = child
  if (pid === undefined) throw new Failure('did-not-start', 'The system could not start another process', { cause: await started })
  const release = () => {
    for (const stream of child.stdio) stream?.destroy()
    child.unref()
  }
  let ended = false
  const closed = new Promise<void>(resolve => void child.once('close', () => resolve()))
  const exited = new Promise<ProcessExit>(resolve => {
    const finish = async (exit: ProcessExit) => {
      ended = true
      await group.finish(pid)
      await Promise.race([closed, sleep(drainMs)])
      release()
      resolve(exit)
    }
    child.once('exit', (exitCode, signal) => void finish({ exitCode, signal }))
  })
  // A pipe that breaks says no more than the exit does.
  for (const stream of child.stdio) stream?.on('error', () => undefined)
  return {
    pid,
    exited,
    lines(listener) {
      if (child.stdout) readLines(child.stdout, text => listener({ stream: 'out', text }))
      if (child.stderr) readLines(child.stderr, text => listener({ stream: 'err', text }))
    },
    // Once it has ended its number may belong to another process.
    signal(kind) {
      if (!ended) group.signal(pid, kind)
    },
    release,
  }
}

function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch {
    // Nothing is left to signal.
  }
}

function posixGroup(marker: string, graceMs: number): Group {
  const toAll = (pid: number, members: readonly number[], signal: NodeJS.Signals) => {
    send(-pid, signal)
    for (const member of members) send(member, signal)
  }
  return {
    signal: (pid, kind) => send(-pid, kind === 'term' ? 'SIGTERM' : 'SIGKILL'),
    async finish(pid) {
      const living = () => livingMembers(pid, marker)
      const members = await living()
      if (members.length > 0) toAll(pid, members, 'SIGTERM')
      const stubborn = members.length > 0 ? await untilGone(living, graceMs) : []
      // Also ends the guard, whose group this is.
      toAll(pid, stubborn, 'SIGKILL')
      if (stubborn.length > 0) await untilGone(living, killedMs)
    },
  }
}

const windowsGroup: Group = {
  signal: pid => void execa('taskkill', ['/PID', String(pid), '/T', '/F'], { reject: false, windowsHide: true, stdio: 'ignore' }),
  finish: () => Promise.resolve(),
}
