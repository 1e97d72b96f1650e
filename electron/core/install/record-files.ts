import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { FileRecord } from './install.types'
import type { VerifyFiles } from './tasks'

const changedMost = 20

/** Every regular file below the folder, in order of its path, with size and sha256. Runs in a worker. */
export async function recordFiles({ folder }: { folder: string }): Promise<FileRecord[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const records: FileRecord[] = []
  for (const path of paths.sort()) records.push({ path: relative(folder, path).split(sep).join('/'), ...(await hashOf(path)) })
  return records
}

/** Recorded files that are missing or differ, by path; stops at the twentieth. Runs in a worker. */
export async function verifyFiles({ folder, files }: VerifyFiles): Promise<string[]> {
  const changed: string[] = []
  for (const { path, bytes, sha256 } of files) {
    const now = await hashOf(join(folder, ...path.split('/'))).catch(() => null)
    if (now?.bytes !== bytes || now.sha256 !== sha256) changed.push(path)
    if (changed.length >= changedMost) break
  }
  return changed
}

async function hashOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}
