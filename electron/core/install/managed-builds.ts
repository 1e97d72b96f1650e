import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from '../../contract/runtime'
import { manifestSchema, type Manifest } from './install.types'

/** Folders with this beginning are being made, or were left by an install that did not end. */
const unfinished = '.unfinished-'
const manifestName = 'manifest.json'

/** Name of a build's folder. */
export const folderNameOf = (buildId: string) => buildId.replaceAll(/[^A-Za-z0-9.@+_-]/g, '-')

export function createManagedBuilds(buildsFolder: string) {
  const folderOf = (buildId: string) => join(buildsFolder, folderNameOf(buildId))
  return {
    folderOf,
    /** Every build whose manifest can be read and whose executable is there; anything else is no build. */
    async list(): Promise<Build[]> {
      const names = await readdir(buildsFolder).catch(() => [])
      const found = await Promise.all(names.filter(name => !name.startsWith('.')).map(name => readManifest(join(buildsFolder, name))))
      return found
        .flatMap(each => (each ? [buildOf(each.manifest, each.folder)] : []))
        .sort((left, right) => right.id.localeCompare(left.id))
    },
    /** A new empty folder to build in. */
    async begin(name: string): Promise<string> {
      const folder = join(buildsFolder, `${unfinished}${folderNameOf(name)}`)
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o755 })
      return folder
    },
    /** Removes what installs left that were cut off. Only safe while none runs. */
    async sweep(): Promise<number> {
      const left = (await readdir(buildsFolder).catch(() => [])).filter(name => name.startsWith(unfinished))
      await Promise.all(left.map(name => rm(join(buildsFolder, name), { recursive: true, force: true })))
      return left.length
    },
  }
}

/** Written last, while the folder is still unfinished: a build with a manifest is whole. */
export const writeManifest = (folder: string, manifest: Manifest) =>
  writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' })

async function readManifest(folder: string): Promise<{ manifest: Manifest; folder: string } | null> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const manifest = manifestSchema.parse(JSON.parse(text))
    await access(join(folder, ...manifest.executable.split('/')))
    return { manifest, folder }
  } catch {
    return null
  }
}

export const buildOf = ({ build, executable }: Manifest, folder: string): Build => ({
  ...build,
  origin: 'managed',
  path: join(folder, ...executable.split('/')),
})
