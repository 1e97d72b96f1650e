import { renameSync, statSync } from 'node:fs'

/** A host that says so much in one life has a fault that repeats; the newest of it is worth more than all of it. */
export const hostLogBytes = 2 * 1024 * 1024

/** Puts a full file aside as `.1`, in place of the one before, so that whoever appends next begins a new one. Never throws. */
export function rotateWhenFull(file: string, maxBytes = hostLogBytes): void {
  try {
    if (statSync(file).size >= maxBytes) renameSync(file, `${file}.1`)
  } catch {
    // There is none yet, or it cannot be moved: it is written on.
  }
}
