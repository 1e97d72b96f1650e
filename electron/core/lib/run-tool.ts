import { execa } from 'execa'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { toolGuardArguments } from '../supervisor/guard'

export type ToolRun = {
  outcome: 'read' | 'missing' | 'failed' | 'timed-out'
  stdout: string
  stderr: string
  exitCode: number | null
  durationMs: number
}

export type ToolOptions = {
  timeoutMs: number
  /** Undefined takes a variable away. */
  env?: Record<string, string | undefined>
  maxBytes?: number
  /** Ends the tool; it then counts as `failed`. */ signal?: AbortSignal
  /** Each line of both streams as it comes. */
  onLine?(line: string): void
  /**
   * It works for long and starts others: all of them end when it is cancelled, and when the app dies in whatever way. On Windows
   * only itself does, by the job that libuv puts children into.
   */
  guarded?: boolean
}

/** Between TERM and KILL of what a guarded tool leaves behind; what hangs in the kernel is not waited for. */
const guardGraceMs = 400
const groupGoneWithinMs = 3_000

type Command = {
  program: string
  words: readonly string[]
  stdio: { stdin: 'ignore' } | { stdin: 'pipe'; detached: true }
  guarded: boolean
}

const plainCommand = (file: string, args: readonly string[]): Command => ({
  ...{ program: file, words: args, stdio: { stdin: 'ignore' }, guarded: false },
})

/** A tool and whatever it starts under the guard; on Windows as it is, where the job of libuv holds it. */
export function guardedCommand(file: string, args: readonly string[]): Command {
  if (process.platform === 'win32') return plainCommand(file, args)
  const words = toolGuardArguments(randomUUID(), guardGraceMs, [file, ...args])
  return { program: '/bin/sh', words, stdio: { stdin: 'pipe', detached: true }, guarded: true }
}

/**
 * Runs a short-lived tool (a probe, `--version`) in a child with a time limit and returns what it printed; never throws.
 * `missing` = no such executable; `failed` = it ran and exited other than 0, its output is still there.
 */
export async function runTool(file: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  const began = performance.now()
  const command = options.guarded === true ? guardedCommand(file, args) : plainCommand(file, args)
  const { program, words, stdio, guarded } = command
  const child = execa(program, words, {
    reject: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 200,
    maxBuffer: options.maxBytes ?? 4_000_000,
    ...stdio,
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    env: { LC_ALL: 'C', ...options.env },
    windowsHide: true,
    ...(options.onLine ? { stdout: told(options.onLine), stderr: told(options.onLine) } : {}),
  })
  const { pid } = child.nodeChildProcess
  const result = await child
  if (guarded && pid !== undefined && (result.isCanceled || result.timedOut)) await untilGroupGone(pid)
  return {
    outcome: guarded && result.exitCode === 127 ? 'missing' : outcomeOf(result),
    stdout: result.stdout,
    stderr: result.stderr,
    exitCode: result.exitCode ?? null,
    durationMs: Math.round(performance.now() - began),
  }
}

/** A group is gone when nobody in it can be signalled any more (kill(2): ESRCH). */
async function untilGroupGone(group: number) {
  const deadlineMs = performance.now() + groupGoneWithinMs
  while (performance.now() < deadlineMs) {
    try {
      process.kill(-group, 0)
    } catch {
      return
    }
    await sleep(25)
  }
}

/** Passes lines on as they are, telling each; an error in the listener must not end the tool. */
const told = (onLine: (line: string) => void) =>
  function* (line: unknown) {
    try {
      onLine(String(line))
    } catch {
      // The tool goes on; its output is still returned.
    }
    yield line
  }

function outcomeOf(result: { code?: string | undefined; timedOut: boolean; failed: boolean }): ToolRun['outcome'] {
  if (result.code === 'ENOENT' || result.code === 'EACCES') return 'missing'
  if (result.timedOut) return 'timed-out'
  return result.failed ? 'failed' : 'read'
}
