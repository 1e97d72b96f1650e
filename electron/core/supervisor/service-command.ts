import { execa } from 'execa'
import type { OutputLine } from './launcher'

export type CommandRun = { exitCode: number | null; output: string }

export type CommandOptions = {
  env: Readonly<Record<string, string>>
  timeoutMs: number
  signal: AbortSignal
  onLine(line: OutputLine): void
}

/** What is kept of its output for looking through. */
const outputMost = 1_000_000

/** Runs one command to its end and tells its lines; never throws. It carries no marker: what it starts may outlive us. */
export async function runServiceCommand(file: string, args: readonly string[], options: CommandOptions): Promise<CommandRun> {
  const lines: string[] = []
  let kept = 0
  const told = (stream: OutputLine['stream']) =>
    function* (line: unknown) {
      const text = String(line)
      kept += text.length
      if (kept <= outputMost) lines.push(text)
      if (text.trim() !== '') options.onLine({ stream, text })
      yield line
    }
  const result = await execa(file, [...args], {
    ...{ env: options.env, extendEnv: false, reject: false, buffer: false, stdin: 'ignore', windowsHide: true },
    ...{ timeout: options.timeoutMs, forceKillAfterDelay: 500, cancelSignal: options.signal },
    ...{ stdout: told('out'), stderr: told('err') },
  })
  if (result.timedOut) options.onLine({ stream: 'err', text: `${args.join(' ')}: no end within ${options.timeoutMs / 1000} s` })
  return { exitCode: result.exitCode ?? null, output: lines.join('\n') }
}
