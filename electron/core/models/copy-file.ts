import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Failure } from '../../contract/failure'
import { hashFiles } from './hash-files'
import type { Amount, Hashed } from './tasks'

const chunkBytes = 4 * 1024 * 1024

/**
 * Copies a file to another disk: written under a name of its own, read back and compared by hash, then given its name. A copy
 * that is there already with the same content is taken. Runs in a worker.
 */
export async function copyWhole({ from, to }: { from: string; to: string }, report: (amount: Amount) => void): Promise<Hashed> {
  const { size, mode } = await stat(from)
  const present = await stat(to).catch(() => null)
  if (present?.size === size) {
    const [ours, theirs] = [await hashFiles({ paths: [from] }, report), await hashFiles({ paths: [to] }, () => undefined)]
    if (ours.sha256 === theirs.sha256) return ours
  }
  await mkdir(dirname(to), { recursive: true })
  const fresh = `${to}.moving`
  try {
    const copied = await writeCopy({ from, fresh, mode }, report)
    const read = await hashFiles({ paths: [fresh] }, () => undefined)
    if (read.sha256 !== copied.sha256 || read.bytes !== size)
      throw new Failure('hash-mismatch', `The copy of ${basename(from)} is not as its original; nothing was deleted`)
    await rename(fresh, to)
    return copied
  } finally {
    await rm(fresh, { force: true })
  }
}

async function writeCopy(
  { from, fresh, mode }: { from: string; fresh: string; mode: number },
  report: (amount: Amount) => void,
): Promise<Hashed> {
  const hash = createHash('sha256')
  const source = await open(from, 'r')
  const target = await open(fresh, 'w', mode)
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let bytes = 0
    for (let got = await source.read(buffer, 0, chunkBytes); got.bytesRead > 0; got = await source.read(buffer, 0, chunkBytes)) {
      const chunk = buffer.subarray(0, got.bytesRead)
      hash.update(chunk)
      await target.writeFile(chunk)
      bytes += got.bytesRead
      report({ done: bytes })
    }
    await target.sync()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await source.close()
    await target.close()
  }
}
