import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

const kept = 3
const everyMs = 24 * 60 * 60 * 1_000
const namePattern = /^roundhouse-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.sqlite$/

/** `2026-08-30T10:11:12.345Z` as it is written in file names: `20260830T101112Z`. */
export const stampOf = (wall: string): string => wall.replace(/[-:]/g, '').replace(/\.\d+/, '')

/** Backups in a folder, newest first. */
export function listBackups(folder: string): { file: string; at: number }[] {
  return namesIn(folder)
    .flatMap(name => {
      const found = namePattern.exec(name)
      if (!found) return []
      const [, year, month, day, hour, minute, second] = found.map(Number)
      return [{ file: join(folder, name), at: Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) }]
    })
    .sort((left, right) => right.at - left.at)
}

/**
 * Copies the database (`VACUUM INTO`: consistent and compact) when the newest backup is a day old, and keeps the newest three. Backups from
 * a time to come (the clock was wrong) go first. What is not whole, because the disk was full, never has the name of a backup.
 */
export function backUpIfDue(database: DatabaseSync, folder: string, wall: string): void {
  const nowMs = Date.parse(wall)
  const isPast = ({ at }: { at: number }) => at < nowMs + everyMs
  const newest = listBackups(folder).find(isPast)
  if (newest && Math.abs(nowMs - newest.at) < everyMs) return
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `roundhouse-${stampOf(wall)}.sqlite`)
  const unfinished = `${file}.part`
  rmSync(unfinished, { force: true })
  try {
    database.prepare('VACUUM INTO ?').run(unfinished)
    renameSync(unfinished, file)
  } finally {
    rmSync(unfinished, { force: true })
  }
  const all = listBackups(folder)
  for (const old of [...all.filter(isPast), ...all.filter(each => !isPast(each))].slice(kept)) rmSync(old.file, { force: true })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
