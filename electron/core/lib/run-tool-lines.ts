import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import { Failure } from '../../contract/failure'
import { guardedCommand } from './run-tool'

const keptLines = 12
/** A tool that never ends its line must not fill the memory. */
const mostPending = 100_000

export type LongTool = { title: string; file: string; args: readonly string[]; env?: Readonly<Record<string, string>> }
export type ToolListener = {
  signal: AbortSignal
  log(text: string): void
  /** Told every piece first; true keeps it out of the log and out of what explains a failure, as a bar that is drawn again and again. */
  progress?(text: string): boolean
}

/**
 * Runs one tool to its end with nothing from the network; its lines go to the listener, and the last of them explain a
 * failure. A cancel ends it, five seconds later by force; it and what it starts end with the app, whichever way that dies.
 */
export async function runToolLines({ title, file, args, env }: LongTool, { signal, log, progress }: ToolListener): Promise<void> {
  const last: string[] = []
  const command = guardedCommand(file, args)
  const child = execa(command.program, command.words, {
    ...{ reject: false, all: true, buffer: false, windowsHide: true, forceKillAfterDelay: 5_000, ...command.stdio },
    cancelSignal: signal,
    env: {
      LC_ALL: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
      ...env,
    },
  })
  for await (const text of piecesOf(child.iterable({ from: 'all', binary: true }))) {
    if (progress?.(text) === true) continue
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

/** A bar is drawn over itself: by a carriage return, or by the cursor's way to the first column (ECMA-48: CHA). */
const firstColumn = '\u001b[1G'

/** Lines and the states of bars, without control sequences and empty ones. */
async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of chunks) {
    const parts = (pending + decoder.decode(chunk, { stream: true })).replaceAll(firstColumn, '\n').split(/[\r\n]/)
    pending = (parts.pop() ?? '').slice(-mostPending)
    yield* parts.map(cleaned).filter(text => text !== '')
  }
  const rest = cleaned(pending + decoder.decode())
  if (rest !== '') yield rest
}

const cleaned = (text: string) => stripVTControlCharacters(text).trim()
