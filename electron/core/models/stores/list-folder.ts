import { readFileSync, realpathSync, statSync, opendirSync } from 'node:fs'
import { join } from 'node:path'
import type { ListedFile, StoreListing } from '../../runtimes/common-model-store'

const mostFiles = 100_000
const mostTextBytes = 8 * 1024 * 1024

export type ListInput = { folder: string; texts: RegExp; depth: number }

/** The files below a folder, links followed, within limits of depth and number. Runs in a worker. */
export function listFolder({ folder, texts, depth }: ListInput): StoreListing {
  const files: ListedFile[] = []
  const problems: string[] = []
  const walk = (at: string, below: number) => {
    for (const name of namesOf(join(folder, at), problems)) {
      if (files.length >= mostFiles) return
      const path = at === '' ? name : `${at}/${name}`
      const full = join(folder, path)
      const stats = statOf(full)
      if (stats === null) continue
      if (stats.isDirectory() && below > 0) walk(path, below - 1)
      if (!stats.isFile()) continue
      const text = texts.test(path) && stats.size <= mostTextBytes ? readText(full) : null
      const inode = `${stats.dev}:${stats.ino}`
      files.push({ path, real: realOf(full), bytes: stats.size, modifiedMs: stats.mtimeMs, inode, text })
    }
  }
  walk('', depth)
  if (files.length >= mostFiles) problems.push(`It has more than ${mostFiles} files; the rest was not looked at`)
  return { folder, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), why: problems[0] ?? null }
}

function namesOf(folder: string, problems: string[]): string[] {
  try {
    const names: string[] = []
    const entries = opendirSync(folder)
    for (let entry = entries.readSync(); entry && names.length < mostFiles; entry = entries.readSync()) names.push(entry.name)
    entries.closeSync()
    return names
  } catch (error) {
    problems.push(`${folder} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`)
    return []
  }
}

function statOf(path: string) {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
