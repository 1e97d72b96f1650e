import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export type LogFileOptions = { maxBytes?: number; files?: number; maxPendingBytes?: number }

export type LogFile = {
  write(line: string): void
  /** Resolves when all that was written is in the file. */
  flush(): Promise<void>
}

/**
 * A log file that never makes its writer wait and never grows without end: lines are written in the background; what
 * a slow disk cannot take is left out and counted; a full file becomes `.1`, `.2`, ... and the oldest goes.
 */
export function createLogFile(
  path: string,
  { maxBytes = 10_485_760, files = 5, maxPendingBytes = 4_194_304 }: LogFileOptions = {},
): LogFile {
  let pending: string[] = []
  let pendingBytes = 0
  let leftOut = 0
  let size: number | null = null
  let working: Promise<void> | null = null

  const take = () => {
    const lines = leftOut > 0 ? [...pending, `(${leftOut} lines were left out: the disk was slower than the log)`] : pending
    pending = []
    pendingBytes = 0
    leftOut = 0
    return `${lines.join('\n')}\n`
  }

  async function work() {
    if (size === null) {
      await mkdir(dirname(path), { recursive: true })
      size = (await stat(path).catch(() => null))?.size ?? 0
    }
    while (pending.length > 0) {
      if (size >= maxBytes) {
        await rotate(path, files)
        size = 0
      }
      const text = take()
      await appendFile(path, text, { mode: 0o600 })
      size += text.length
    }
  }

  // A disk that refuses must not stop a runtime: the ring still has the lines, and the next line tries again.
  function begin() {
    working ??= work().then(
      () => {
        working = null
        if (pending.length > 0) begin()
      },
      () => void (working = null),
    )
  }

  return {
    write(line) {
      if (pendingBytes > maxPendingBytes) leftOut += 1
      else {
        pending.push(line)
        pendingBytes += line.length + 1
      }
      begin()
    },
    async flush() {
      while (working) await working
    },
  }
}

async function rotate(path: string, files: number) {
  await rm(`${path}.${files - 1}`, { force: true })
  for (let index = files - 2; index >= 1; index -= 1) await rename(`${path}.${index}`, `${path}.${index + 1}`).catch(() => undefined)
  await rename(path, `${path}.1`).catch(() => undefined)
}
