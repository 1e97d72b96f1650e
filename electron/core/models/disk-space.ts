import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../contract/failure'

/** Kept free beside every download, so that the rest of the system goes on working. */
export const diskMarginBytes = 1024 ** 3

/** Free bytes for this user at the folder or the nearest one above it that exists; null when the system does not tell. */
export async function freeDiskBytes(folder: string): Promise<number | null> {
  try {
    const stats = await statfs(folder)
    return stats.bavail * stats.bsize
  } catch {
    const above = dirname(folder)
    return above === folder ? null : freeDiskBytes(above)
  }
}

/** Fails with `disk-full` when `bytes` more would leave less than the margin; says how much to free. */
export function checkRoom(bytes: number, freeBytes: number | null, folder: string) {
  if (freeBytes === null) return
  const lacking = bytes + diskMarginBytes - freeBytes
  if (lacking <= 0) return
  throw new Failure(
    'disk-full',
    `${folder} has ${gigabytes(freeBytes)} free and ${gigabytes(bytes)} are to come: free ${gigabytes(lacking)} more, 1.1 GB of it to spare`,
  )
}

export const gigabytes = (bytes: number) =>
  bytes < 1e8 ? `${Math.max(0, Math.ceil(bytes / 1e6))} MB` : `${(Math.ceil(bytes / 1e8) / 10).toFixed(1)} GB`
