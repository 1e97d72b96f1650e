import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Job } from '../../contract/job'
import type { Background } from '../lib/background'
import type { JobControl, Jobs } from '../lib/jobs.types'
import { checkModelsFolder } from './check-folder'
import { checkRoom, freeDiskBytes } from './disk-space'
import type { Library } from './library.types'
import { copyFileTask, listFolderTask } from './tasks'

export type MoveDependencies = {
  jobs: Jobs
  background: Background
  library: Library
  modelsFolder: () => string
  /** From now on downloads go here. */
  switchTo(folder: string): void
  /** True while something is written into the folder. */
  isBusy(): boolean
  /** Where a move that has not ended goes to, kept over restarts. */
  kept: { get(): string | null; set(folder: string | null): void }
  freeBytes?: (folder: string) => Promise<number | null>
}

const steps = [
  { id: 'look', title: 'Look at both folders' },
  { id: 'copy', title: 'Copy and compare' },
  { id: 'switch', title: 'Use the new folder' },
  { id: 'delete', title: 'Delete the originals' },
]

/**
 * Moves everything in the models folder elsewhere as a job: copies file by file, compares by hash, switches, and only then
 * deletes. What was copied when it is stopped is not copied again by the next call with the same folder.
 */
export function moveModels(dependencies: MoveDependencies, wanted: string): Job {
  const { jobs, kept, modelsFolder, isBusy } = dependencies
  const [from, to] = [resolve(modelsFolder()), resolve(wanted)]
  if (!isAbsolute(wanted)) throw new Failure('bad-input', `${wanted} is not a full path`)
  if (from === to) throw new Failure('bad-input', 'The models are in that folder already')
  if (isWithin(to, from) || isWithin(from, to)) throw new Failure('bad-input', 'One of the two folders lies within the other')
  if (isBusy()) throw new Failure('busy', 'A download runs; pause it first')
  kept.set(to)
  return jobs.run({ kind: 'import', title: `Move the models to ${to}`, steps }, async job => {
    const files = await copyAll(dependencies, { from, to }, job)
    job.step('switch').start()
    dependencies.switchTo(to)
    for (const model of dependencies.library.list()) {
      if (model.origin !== 'bundled' && isWithin(model.path, from))
        await dependencies.library.relocate(model.id, join(to, relative(from, model.path)))
      const { path } = model.projector ?? {}
      if (model.projector && path != null && isWithin(path, from))
        dependencies.library.setProjector(model.id, { ...model.projector, path: join(to, relative(from, path)) })
    }
    job.step('switch').done()
    kept.set(null)
    await deleteAll(from, files, job)
    return to
  })
}

const isWithin = (path: string, folder: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

type Folders = { from: string; to: string }

async function copyAll(
  { background, freeBytes = freeDiskBytes }: MoveDependencies,
  { from, to }: Folders,
  job: JobControl,
): Promise<string[]> {
  job.step('look').start()
  await checkModelsFolder(to)
  const listing = await background.run(listFolderTask, { folder: from, texts: /^$/, depth: 12 }, { timeoutMs: 60_000, signal: job.signal })
  if (listing.why !== null) throw new Failure('bad-input', listing.why)
  const total = listing.files.reduce((sum, { bytes }) => sum + bytes, 0)
  const sizes = await Promise.all(
    listing.files.map(({ path }) =>
      stat(join(to, path)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  const missing = listing.files.reduce((sum, { bytes }, index) => sum + (sizes[index] === bytes ? 0 : bytes), 0)
  checkRoom(missing, await freeBytes(to), to)
  job.step('look').done(`${listing.files.length} files`)
  let before = 0
  for (const { path, bytes } of listing.files) {
    const onProgress = ({ done }: { done: number }) => job.step('copy').progress(before + done, total)
    const options = { timeoutMs: 86_400_000, signal: job.signal, onProgress }
    await background.run(copyFileTask, { from: join(from, path), to: join(to, path) }, options)
    before += bytes
    job.step('copy').progress(before, total)
  }
  job.step('copy').done()
  return listing.files.map(({ path }) => path)
}

/** A file that is in use (Windows) stays, and the log says so: the models work from their new place already. */
async function deleteAll(from: string, files: readonly string[], job: JobControl) {
  job.step('delete').start()
  let left = 0
  for (const path of files) {
    await rm(join(from, path)).catch((error: unknown) => {
      left++
      job.log(`${path} stays: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
  await removeEmpty(from)
  job.step('delete').done(left === 0 ? undefined : `${left} files are in use and stay`)
}

async function removeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isDirectory()) continue
    await removeEmpty(join(folder, entry.name))
    await rmdir(join(folder, entry.name)).catch(() => undefined)
  }
}
