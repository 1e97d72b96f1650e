import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { Failure } from '../../contract/failure'

/**
 * Makes a folder for models where it is not there yet, and tries that something can be written into it.
 * @throws Failure `bad-input` with the reason: not a full path, inside a file, not writable.
 */
export async function checkModelsFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw new Failure('bad-input', `${folder} is not a full path: begin it at the root of the disk.`)
  try {
    // Tried above first: where nothing can be made (/proc), a recursive mkdir never comes back.
    await tryToWrite(await whatIsThere(folder))
    await mkdir(folder, { recursive: true })
    await tryToWrite(folder)
  } catch (error) {
    throw new Failure('bad-input', `${folder} cannot hold models: ${whyNot(error)}.`, { cause: error })
  }
}

const tryToWrite = async (folder: string) => rmdir(await mkdtemp(join(folder, '.roundhouse-')))

/** The folder itself, or the nearest above it that exists. */
async function whatIsThere(path: string): Promise<string> {
  const there = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return null
    throw error
  })
  return there ? path : whatIsThere(dirname(path))
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

function whyNot(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file is in its place or on the way to it'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not write there'
  if (code === 'EROFS') return 'that disk can only be read'
  return error instanceof Error ? error.message : String(error)
}
