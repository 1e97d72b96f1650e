import { access, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from '../../contract/runtime'
import { takeBuildLock } from './build-locks'
import { folderNameOf } from './folder-name'
import { manifestSchema, type Manifest } from './install.types'

/** Folders with these beginnings are being made or taken away, or were left by work that did not end. */
const unfinished = ['.unfinished-', '.removed-']
const manifestName = 'manifest.json'
const downloadsName = '.downloads'
/** What a cut-off install fetched is kept so long for the next try. */
const keptForMs = 14 * 86_400_000

/** A build of ours: its manifest, and the folder that it is in. */
export type ManagedBuild = { manifest: Manifest; folder: string; build: Build }

export type ManagedBuilds = ReturnType<typeof createManagedBuilds>

export function createManagedBuilds(buildsFolder: string) {
  const folderOf = (buildId: string) => join(buildsFolder, folderNameOf(buildId))

  async function all(): Promise<ManagedBuild[]> {
    const names = await readdir(buildsFolder).catch(() => [])
    const found = await Promise.all(names.filter(name => !name.startsWith('.')).map(name => readManifest(join(buildsFolder, name))))
    const whole = found.filter(each => each !== null)
    return whole.sort((left, right) => right.manifest.installedAt.localeCompare(left.manifest.installedAt))
  }

  return {
    buildsFolder,
    folderOf,
    /** Every build whose manifest can be read and whose executable is there, newest install first; anything else is no build. */
    all,
    list: async (): Promise<Build[]> => (await all()).map(each => each.build),
    /** Null when there is no such build of ours. */
    get: async (buildId: string): Promise<ManagedBuild | null> => (await all()).find(each => each.build.id === buildId) ?? null,
    /** A new empty folder to build in. */
    async begin(name: string): Promise<string> {
      const folder = join(buildsFolder, `.unfinished-${folderNameOf(name)}`)
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true, mode: 0o755 })
      return folder
    },
    /** Where a build is moved to before it is deleted. */
    removedFolderOf: (buildId: string) => join(buildsFolder, `.removed-${folderNameOf(buildId)}`),
    /** Where a downloaded file waits for the rest of it. */
    async downloadPathOf({ name, sha256 }: { name: string; sha256: string }): Promise<string> {
      const folder = join(buildsFolder, downloadsName, sha256.slice(0, 16))
      await mkdir(folder, { recursive: true })
      return join(folder, folderNameOf(name))
    },
    /** Removes what was cut off, except what another process is at; and downloads that nobody took up again. Returns how many. */
    async sweep(): Promise<number> {
      const left = (await readdir(buildsFolder).catch(() => [])).filter(name => unfinished.some(beginning => name.startsWith(beginning)))
      const swept = await Promise.all(left.map(name => sweepOne(buildsFolder, name)))
      await sweepDownloads(join(buildsFolder, downloadsName))
      return swept.filter(Boolean).length
    },
  }
}

async function sweepOne(buildsFolder: string, name: string): Promise<boolean> {
  const release = takeBuildLock(buildsFolder, name.replace(/^\.[a-z]+-/, ''))
  if (!release) return false
  try {
    await rm(join(buildsFolder, name), { recursive: true, force: true })
    return true
  } finally {
    release()
  }
}

async function sweepDownloads(folder: string) {
  for (const name of await readdir(folder).catch(() => [])) {
    const changedMs = (await stat(join(folder, name)).catch(() => null))?.mtimeMs
    if (changedMs !== undefined && Date.now() - changedMs > keptForMs) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Written last, while the folder is still unfinished: a build with a manifest is whole. */
export const writeManifest = (folder: string, manifest: Manifest) =>
  writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' })

async function readManifest(folder: string): Promise<ManagedBuild | null> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const manifest = manifestSchema.parse(JSON.parse(text))
    await access(join(folder, ...manifest.executable.split('/')))
    return { manifest, folder, build: buildOf(manifest, folder) }
  } catch {
    return null
  }
}

export function buildOf({ build, executable, source }: Manifest, folder: string): Build {
  if (source.kind === 'container') return { ...build, origin: 'managed', path: source.engine, image: `${source.image}@${source.digest}` }
  return { ...build, origin: 'managed', path: join(folder, ...executable.split('/')) }
}
