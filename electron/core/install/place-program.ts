import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Failure } from '../../contract/failure'
import { checkEntries } from './archive-check'
import type { FileRecord } from './install.types'
import type { PlaceProgram } from './tasks'

/**
 * Puts a file that is no archive into a folder that exists, as an executable, and hashes it on its way; a compressed one is
 * unpacked within the limits of archives. Runs in a worker. @throws Failure `download-failed`.
 */
export async function placeProgram({ file, packing, target, name }: PlaceProgram): Promise<FileRecord[]> {
  const { size } = await stat(file)
  const check = (bytes: number) => checkEntries([{ name, kind: 'file', bytes, target: null }], size)[0]?.segments ?? []
  const [path, ...deeper] = check(size)
  if (path === undefined || deeper.length > 0) throw new Failure('download-failed', `${name} is no name for a program`)
  const hash = createHash('sha256')
  let bytes = 0
  async function* measure(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      check(bytes)
      hash.update(chunk)
      yield chunk
    }
  }
  const from = createReadStream(file, { highWaterMark: 1024 * 1024 })
  // `wx`: nothing is ever written over.
  const to = createWriteStream(join(target, path), { flags: 'wx', mode: 0o755 })
  try {
    await pipeline(from, packing === 'gzip' ? createGunzip() : new PassThrough(), measure, to)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('download-failed', `${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return [{ path, bytes, sha256: hash.digest('hex') }]
}
