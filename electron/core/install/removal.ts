import { lstat, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import { withBuildLock } from './build-locks'
import type { ManagedBuild, ManagedBuilds } from './managed-builds'

/** `sharedBytes`: what its files take that other folders hold by a hard link, so that deleting does not free it. */
export type Measured = { bytes: number; files: number; sharedBytes: number }

/** Unit of `st_blocks` (POSIX sys_stat.h leaves it open; Linux and macOS use 512). */
const blockBytes = 512

/**
 * Bytes that deleting a folder frees: blocks on the disk where the system counts them, each file once, and nothing for a file
 * that another folder shares by a hard link.
 */
export async function measureFolder(folder: string): Promise<Measured> {
  const links = new Map<string, { bytes: number; links: number; seen: number }>()
  let bytes = 0
  let files = 0
  const add = async (path: string) => {
    const { dev, ino, nlink, size, blocks } = await lstat(path)
    const taken = blocks > 0 || size === 0 ? blocks * blockBytes : process.platform === 'win32' ? size : 0
    if (nlink <= 1) bytes += taken
    else {
      const key = `${dev}:${ino}`
      links.set(key, { bytes: taken, links: nlink, seen: (links.get(key)?.seen ?? 0) + 1 })
    }
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (entry.isDirectory()) bytes += ((await lstat(join(entry.parentPath, entry.name))).blocks || 0) * blockBytes
    else {
      files += 1
      await add(join(entry.parentPath, entry.name))
    }
  }
  const own = entries.length > 0 ? (await lstat(folder)).blocks * blockBytes : 0
  const [whole, shared] = [true, false].map(isWhole => sumOf([...links.values()].filter(each => (each.seen === each.links) === isWhole)))
  return { bytes: bytes + (whole ?? 0) + own, files, sharedBytes: shared ?? 0 }
}

const sumOf = (links: readonly { bytes: number }[]) => links.reduce((sum, each) => sum + each.bytes, 0)

/** What removing a build of ours would free: its folder, and the image that was pulled for it. */
export async function measureBuild({ folder, manifest: { source } }: ManagedBuild): Promise<Measured> {
  const measured = await measureFolder(folder)
  const image = source.kind === 'container' && source.pulled ? (source.bytes ?? 0) : 0
  return { ...measured, bytes: measured.bytes + image }
}

const imageWithinMs = 5 * 60_000

/**
 * Takes a build of ours away and returns the bytes that this freed, measured before and after. It is gone from the list with one
 * rename; what cannot be deleted then is swept at the next start.
 * @throws Failure `busy` when another host installs or uses it, `unexpected` when the container engine keeps its image.
 */
export async function removeBuild(managed: ManagedBuilds, ours: ManagedBuild, runTool: typeof runToolOfLib): Promise<Measured> {
  const { build, folder, manifest } = ours
  const busy = `${build.title} is being installed or removed by another Roundhouse.`
  return await withBuildLock({ buildsFolder: managed.buildsFolder, name: build.id, busy }, async () => {
    const before = await measureFolder(folder)
    const image = await removeImage(manifest.source, runTool)
    const aside = managed.removedFolderOf(build.id)
    await rm(aside, { recursive: true, force: true })
    await rename(folder, aside)
    await rm(aside, { recursive: true, force: true })
    const after = await measureFolder(aside)
    return { bytes: before.bytes - after.bytes + image, files: before.files - after.files, sharedBytes: before.sharedBytes }
  })
}

/** An image that was there before us stays. Returns its size, as its engine gave it. */
async function removeImage(source: ManagedBuild['manifest']['source'], runTool: typeof runToolOfLib): Promise<number> {
  if (source.kind !== 'container' || !source.pulled) return 0
  // Pulled by its digest, it has no tag.
  const name = `${source.image}@${source.digest}`
  const told = await runTool(source.engine, ['image', 'rm', name], { timeoutMs: imageWithinMs })
  const words = `${told.stdout}\n${told.stderr}`.trim()
  if (told.outcome === 'read' || /no such image|image not known/i.test(words)) return source.bytes ?? 0
  throw new Failure('unexpected', `The image ${name} was not removed: ${words.slice(0, 300) || told.outcome}`)
}
