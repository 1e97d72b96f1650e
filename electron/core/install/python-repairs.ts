import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, isAbsolute } from 'node:path'
import { Failure } from '../../contract/failure'
import type { PythonRepair } from '../runtimes/runtime'

export type RepairPlaces = Record<PythonRepair['in'], string>

/** Adds the files and folders that a package lacks; nothing that is there is written over. Each is told with its reason. */
export async function repair(repairs: readonly PythonRepair[], places: RepairPlaces, log: (line: string) => void): Promise<void> {
  for (const each of repairs) {
    const path = inside(places[each.in], each.path)
    log(`Repair, ${each.path}: ${each.why}`)
    if (each.kind === 'folder') await mkdir(path, { recursive: true })
    else {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, each.text, { flag: 'wx' })
    }
  }
}

function inside(folder: string, path: string): string {
  const full = join(folder, ...path.split('/'))
  const way = relative(folder, full)
  if (way.startsWith('..') || isAbsolute(way)) throw new Failure('unexpected', `The repair ${path} is outside of the build`)
  return full
}
