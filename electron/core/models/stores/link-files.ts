import { constants } from 'node:fs'
import { copyFile, link, mkdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { Linked, LinkPreview } from '../../../contract/model-store'
import { checkRoom, freeDiskBytes } from '../disk-space'

export type Hasher = (path: string, signal: AbortSignal) => Promise<{ bytes: number; sha256: string }>
export type LinkWatch = { signal: AbortSignal; onProgress(done: number, total: number): void; hash: Hasher }

const suffix = '.roundhouse-link'

/**
 * Makes each copy a hard link to the file that is kept. Both are hashed anew first, and the link takes the copy's place in
 * one rename, so that at every moment a whole file has that name. Returns what was done, also when it was stopped between.
 */
export async function replaceByLinks({ steps }: Pick<LinkPreview, 'steps'>, watch: LinkWatch): Promise<Linked['files']> {
  const done: Linked['files'] = []
  const total = steps.reduce((sum, { bytes }) => sum + bytes, 0) * 2
  let before = 0
  for (const { path, keeper, bytes } of steps) {
    const sha256 = await sameContent(path, keeper, watch)
    before += bytes * 2
    watch.onProgress(before, total)
    const fresh = `${path}${suffix}`
    await rm(fresh, { force: true })
    await link(keeper, fresh).catch(cannotLink)
    await rename(fresh, path)
    done.push({ path, keeper, bytes, sha256 })
    if (watch.signal.aborted) break
  }
  return done
}

/** Hashes both; fails when they differ, or when one changed since it was looked at. */
async function sameContent(path: string, keeper: string, { hash, signal }: LinkWatch): Promise<string> {
  const [ours, theirs] = [await hash(path, signal), await hash(keeper, signal)]
  if (ours.sha256 !== theirs.sha256 || ours.bytes !== theirs.bytes)
    throw new Failure(
      'hash-mismatch',
      `${basename(path)} and ${basename(keeper)} do not have the same content any more; both stay as they are`,
    )
  return ours.sha256
}

/** Puts a further name of a file into a folder; what has that name already is never replaced. */
export async function placeLinks({ steps }: Pick<LinkPreview, 'steps'>, watch: LinkWatch): Promise<Linked['files']> {
  const done: Linked['files'] = []
  for (const { path, keeper, bytes } of steps) {
    await mkdir(dirname(path), { recursive: true })
    await link(keeper, path).catch(cannotLink)
    done.push({ path, keeper, bytes, sha256: '' })
    watch.onProgress(done.length, steps.length)
  }
  return done
}

function cannotLink(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words: Record<string, string> = {
    EXDEV: 'The files lie on different disks, which a hard link cannot span',
    EEXIST: 'A file of that name is there already',
    EPERM: 'This file system or its owner does not allow hard links to that file',
    EACCES: 'That folder belongs to another user',
  }
  throw new Failure('bad-input', words[code] ?? `The link could not be made: ${String(error)}`, { cause: error })
}

/** Gives every name a whole file of its own again, or takes further names away. Whatever was changed since stays. */
export async function undoLinks({ kind, files }: Pick<Linked, 'kind' | 'files'>, watch: LinkWatch): Promise<void> {
  if (kind === 'placed') {
    for (const file of files) await removeName(file)
    return
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const [first] = files
  if (first) checkRoom(total, await freeDiskBytes(dirname(first.path)), dirname(first.path))
  let done = 0
  for (const { path, keeper, bytes, sha256 } of files) {
    watch.signal.throwIfAborted()
    if (kind === 'referenced' || (await isSameFile(path, keeper))) await separate({ path, keeper, sha256 }, watch)
    done += bytes
    watch.onProgress(done, total)
  }
}

async function separate(
  { path, keeper, sha256 }: Pick<Linked['files'][number], 'path' | 'keeper' | 'sha256'>,
  { hash, signal }: LinkWatch,
) {
  const fresh = `${path}${suffix}`
  await mkdir(dirname(path), { recursive: true })
  try {
    await copyFile(keeper, fresh, constants.COPYFILE_FICLONE)
    const copied = await hash(fresh, signal)
    if (copied.sha256 !== sha256)
      throw new Failure('hash-mismatch', `${basename(keeper)} has changed since it was linked; nothing was copied`)
    await rename(fresh, path)
  } finally {
    await rm(fresh, { force: true })
  }
}

/** Only while it still is the file that was put there; its folder goes too when nothing else is in it. */
async function removeName({ path, keeper }: Linked['files'][number]) {
  if (!(await isSameFile(path, keeper))) throw new Failure('not-found', `${path} is not the file any more that was put there; it stays`)
  await rm(path)
  await rmdir(dirname(path)).catch(() => undefined)
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map(path => stat(path).catch(() => null)))
  return Boolean(first && second && first.dev === second.dev && first.ino === second.ino)
}
