import { execa } from 'execa'

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
}

/**
 * Runs a short-lived tool (a probe, `--version`) in a child with a time limit and returns what it printed; never throws.
 * `missing` = no such executable; `failed` = it ran and exited other than 0, its output is still there.
 */
export async function runTool(file: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  const began = performance.now()
  const result = await execa(file, args, {
    reject: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 200,
    maxBuffer: options.maxBytes ?? 4_000_000,
    stdin: 'ignore',
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    env: { LC_ALL: 'C', ...options.env },
    windowsHide: true,
    ...(options.onLine ? { stdout: told(options.onLine), stderr: told(options.onLine) } : {}),
  })
  return {
    outcome: outcomeOf(result),
    stdout: result.stdout,
    stderr: result.stderr,
    exitCode: result.exitCode ?? null,
    durationMs: Math.round(performance.now() - began),
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
