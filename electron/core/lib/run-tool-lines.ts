import { basename } from 'node:path'
import { execa } from 'execa'
import { Failure } from '../../contract/failure'
import { guardedCommand } from './run-tool'

const keptLines = 12

export type LongTool = { title: string; file: string; args: readonly string[] }

/**
 * Runs one tool to its end with nothing from the network; its lines go to the listener, and the last of them explain a
 * failure. A cancel ends it, five seconds later by force; it and what it starts end with the app, whichever way that dies.
 */
export async function runToolLines(
  { title, file, args }: LongTool,
  { signal, log }: { signal: AbortSignal; log(text: string): void },
): Promise<void> {
  const last: string[] = []
  const command = guardedCommand(file, args)
  const child = execa(command.program, command.words, {
    ...{ reject: false, all: true, buffer: false, windowsHide: true, forceKillAfterDelay: 5_000, ...command.stdio },
    cancelSignal: signal,
    env: { LC_ALL: 'C.UTF-8', PYTHONUNBUFFERED: '1', HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1' },
  })
  for await (const line of child.iterable({ from: 'all' })) {
    const text = line.replace(/\r/g, '').trim()
    if (text === '') continue
    log(text.slice(0, 500))
    last.push(text)
    if (last.length > keptLines) last.shift()
  }
  const result = await child
  signal.throwIfAborted()
  if (result.exitCode === 0) return
  const words = last.findLast(line => /error|exception|failed|cannot|not supported/i.test(line)) ?? last.at(-1) ?? 'it said nothing'
  throw new Failure(
    'unexpected',
    `${title} failed (${basename(file)} ended with ${result.exitCode ?? result.signal ?? 'no code'}): ${words.slice(0, 300)}`,
  )
}
