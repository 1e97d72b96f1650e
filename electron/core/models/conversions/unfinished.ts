import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import type { Collection } from '../../store/store.types'
import { gigabytes } from '../disk-space'

/** Where a conversion writes until it has ended; a row that outlives its host is of one that was cut off. */
export const unfinishedSchema = z.object({
  title: z.string(),
  /** What lies between the steps. */
  folder: z.string(),
  /** What is being made, before it has its name. */
  output: z.string(),
  /** The first folder that had to be made for the result; null where all were there. */
  made: z.string().nullable(),
})
export type Unfinished = z.infer<typeof unfinishedSchema>
type Rows = Collection<Unfinished>
type Places = Pick<Unfinished, 'folder' | 'output'>

const folderPrefix = '.converting-'
const outputSuffix = '.converting'

/** Does the work in a folder of its own beside `target`; nothing of it is left when it ends, or once a later host has swept. */
export async function withPlaces<Result>(
  rows: Rows,
  { title, target }: { title: string; target: string },
  work: (places: Places) => Promise<Result>,
): Promise<Result> {
  // What lies between the steps is as large as the model, and a temporary folder is often main memory.
  const folder = join(dirname(target), `${folderPrefix}${randomBytes(6).toString('hex')}`)
  const places = { folder, output: `${target}${outputSuffix}` }
  const kept = { title, ...places, made: missingAbove(dirname(target)) }
  // What cannot be recorded (a full disk) is made all the same: a host that lives deletes it itself.
  quietly(() => rows.set(folder, kept))
  try {
    await mkdir(folder, { recursive: true })
    return await work(places)
  } finally {
    await clear(kept)
    quietly(() => rows.remove(folder))
  }
}

/** The highest folder on the way to this one that is not there. */
function missingAbove(folder: string): string | null {
  if (existsSync(folder)) return null
  return missingAbove(dirname(folder)) ?? folder
}

/**
 * Deletes what conversions of earlier hosts of this home left, since only a host that was killed leaves a row. One sentence for
 * each; call once, before the first conversion. A disk that is not plugged in is asked again at the next start.
 */
export async function sweepUnfinished(rows: Rows): Promise<string[]> {
  const notices: string[] = []
  for (const { id, value } of rows.all()) {
    if (!isOurs(value)) rows.remove(id)
    else if (existsSync(dirname(value.folder))) {
      const { title, folder, output } = value
      const bytes = (await bytesOf(folder)) + (await bytesOf(output))
      const left = existsSync(folder) || existsSync(output)
      try {
        await clear(value)
        rows.remove(id)
        if (left) notices.push(`Deleted what an earlier run left of a conversion${sized(bytes)}: ${title}.`)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        notices.push(`What an earlier run left of a conversion (${title}) could not be deleted: ${reason}.`)
      }
    }
  }
  return notices
}

/** Deletes folders with this beginning, which only a host that was killed leaves where one host works at a time. */
export async function sweepFolders(folder: string, prefix: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.startsWith(prefix))
  const notices: string[] = []
  for (const name of names) {
    const bytes = await bytesOf(join(folder, name))
    await rm(join(folder, name), { recursive: true, force: true })
    notices.push(`Deleted what an earlier run left of tools that it fetched${sized(bytes)}: ${name.slice(prefix.length)}.`)
  }
  return notices
}

/** A damaged row must never name what is somebody else's. */
const isOurs = ({ folder, output }: Places) =>
  basename(folder).startsWith(folderPrefix) && output.endsWith(outputSuffix) && dirname(folder) === dirname(output)

async function clear({ folder, output, made }: Unfinished) {
  await rm(folder, { recursive: true, force: true })
  await rm(output, { recursive: true, force: true })
  if (made !== null) await removeEmpty(dirname(folder), made)
}

/** Takes folders that were made for a result away again while they are empty, up to `first`. */
async function removeEmpty(folder: string, first: string) {
  const removed = await rmdir(folder).then(
    () => true,
    () => false,
  )
  if (removed && folder !== first) await removeEmpty(dirname(folder), first)
}

const sized = (bytes: number) => (bytes === 0 ? '' : ` (${gigabytes(bytes)})`)

async function bytesOf(path: string): Promise<number> {
  const entry = await stat(path).catch(() => null)
  if (!entry?.isDirectory()) return entry?.size ?? 0
  const names = await readdir(path).catch(() => [])
  const sizes = await Promise.all(names.map(name => bytesOf(join(path, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function quietly(act: () => void) {
  try {
    act()
  } catch {
    // The next sweep finds it.
  }
}
