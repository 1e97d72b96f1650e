import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Failure } from '../../contract/failure'
import { folderNameOf } from './folder-name'

const locksFolder = '.locks'

/**
 * Takes the lock of one build or offer in a builds folder, whoever else uses that folder; null when another holds it. It is an
 * exclusive SQLite transaction: the operating system lets it go when the process ends in whatever way. The returned function ends it.
 */
export function takeBuildLock(buildsFolder: string, name: string): (() => void) | null {
  const folder = join(buildsFolder, locksFolder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(folder, `${folderNameOf(name)}.sqlite`))
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw new Failure('unexpected', `${name} could not be locked: ${String(error)}`, { cause: error })
  }
  return () => database.close()
}

/** Does the work while the lock is held. @throws Failure `busy` with this sentence when another holds it. */
export async function withBuildLock<Result>(
  { buildsFolder, name, busy }: { buildsFolder: string; name: string; busy: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const release = takeBuildLock(buildsFolder, name)
  if (!release) throw new Failure('busy', busy)
  try {
    return await work()
  } finally {
    release()
  }
}
