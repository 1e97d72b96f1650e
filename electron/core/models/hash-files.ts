import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Amount, Hashed } from './tasks'

const reportEveryBytes = 16 * 1024 * 1024

/** SHA-256 over the files' bytes, one after another. Runs in a worker. */
export async function hashFiles({ paths }: { paths: readonly string[] }, report: (amount: Amount) => void): Promise<Hashed> {
  const hash = createHash('sha256')
  let bytes = 0
  let reported = 0
  for (const path of paths) {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      const data = chunk as Buffer
      hash.update(data)
      bytes += data.length
      if (bytes - reported < reportEveryBytes) continue
      reported = bytes
      report({ done: bytes })
    }
  }
  return { bytes, sha256: hash.digest('hex') }
}
