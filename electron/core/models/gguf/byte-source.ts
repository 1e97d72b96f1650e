import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Failure } from '../../../contract/failure'

/** Bytes at any place of a file; reading is synchronous, since it happens in a worker thread. */
export type ByteSource = {
  size: number
  /** At most `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Buffer
}

export const bufferSource = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** Opens the file for the duration of `read`. Fails with `model-missing` when it is not there and `bad-input` when it is no plain file. */
export function withFile<Result>(path: string, read: (source: ByteSource) => Result): Result {
  const file = openFile(path)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) throw new Failure('bad-input', `${path} is not a file`)
    return read({
      size: stats.size,
      read(offset, length) {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, stats.size - offset)))
        let filled = 0
        while (filled < bytes.length) {
          const got = readSync(file, bytes, filled, bytes.length - filled, offset + filled)
          if (got === 0) break
          filled += got
        }
        return bytes.subarray(0, filled)
      },
    })
  } finally {
    closeSync(file)
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Failure('model-missing', `The file ${path} cannot be opened: ${reason}`, { cause: error })
  }
}
