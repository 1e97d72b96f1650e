import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { FileRecord } from './install.types'
import type { FileAmount, VerifyFiles } from './tasks'

const changedMost = 20
/** Thousands of small files and a few of a gigabyte: told by bytes, so that both are seen to move. */
const reportEveryBytes = 16 * 1024 * 1024

type Report = (amount: FileAmount) => void

/** Tells bytes as they are read, not more often than every `reportEveryBytes`. */
function createTeller(total: number, report: Report | undefined) {
  let done = 0
  let told = 0
  return (bytes: number) => {
    done += bytes
    if (done - told < reportEveryBytes) return
    told = done
    report?.({ done, total })
  }
}

/** Every regular file below the folder, in order of its path, with size and sha256. Runs in a worker. */
export async function recordFiles({ folder }: { folder: string }, report?: Report): Promise<FileRecord[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const records: FileRecord[] = []
  const tell = createTeller(await bytesOf(paths), report)
  for (const path of paths.sort()) records.push({ path: relative(folder, path).split(sep).join('/'), ...(await hashOf(path, tell)) })
  return records
}

/** Recorded files that are missing or differ, by path; stops at the twentieth. Runs in a worker. */
export async function verifyFiles({ folder, files }: VerifyFiles, report?: Report): Promise<string[]> {
  const changed: string[] = []
  const tell = createTeller(
    files.reduce((sum, each) => sum + each.bytes, 0),
    report,
  )
  for (const { path, bytes, sha256 } of files) {
    const now = await hashOf(join(folder, ...path.split('/')), tell).catch(() => null)
    if (now?.bytes !== bytes || now.sha256 !== sha256) changed.push(path)
    if (changed.length >= changedMost) break
  }
  return changed
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  let bytes = 0
  for (const path of paths) bytes += (await stat(path)).size
  return bytes
}

async function hashOf(path: string, tell: (bytes: number) => void): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    tell(chunk.length)
  }
  return { bytes, sha256: hash.digest('hex') }
}
