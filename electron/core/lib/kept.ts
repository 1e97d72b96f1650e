import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

/** What stays of a file that was cut off by its reader, and what a new try does with it. Bytes that came, and all of them where that is known. */
export function keptOfFile(came: number, total: number | null): string {
  if (came <= 0) return 'nothing had come yet; a new try begins from nothing'
  const of = total === null ? '' : ` of ${inMegabytes(total)}`
  return `${inMegabytes(came)}${of} came and are kept; a new try goes on from there`
}

/** The same for packages of which only those are kept that came whole; `bytes` is what they take on the disk. */
export function keptOfPackages(bytes: number, days: number): string {
  if (bytes < 1e5) return 'no package had come whole yet; a new try begins from nothing'
  return `the packages that came whole are kept for ${days} days (${inMegabytes(bytes)} on disk); a new try fetches the others only`
}

/** Bytes of all files in a folder, links not followed; what vanishes meanwhile, or is not there, counts nothing. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  let sum = 0
  for (const entry of entries) if (entry.isFile()) sum += await sizeOf(join(entry.parentPath, entry.name))
  return sum
}

const sizeOf = (path: string) =>
  lstat(path).then(
    ({ size }) => size,
    () => 0,
  )
