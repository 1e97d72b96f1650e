import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Background } from '../lib/background'
import { fetchFile } from './fetch-file'
import type { Fetch, FileRecord, InstallOptions, Manifest } from './install.types'
import type { FoundRelease, ReleasePlan } from './releases'
import { unpackArchiveTask } from './tasks'

export type ReleaseInput = { fetch: Fetch; background: Background; plan: ReleasePlan; release: FoundRelease; folder: string }
export type Installed = Pick<Manifest, 'executable' | 'source' | 'files'>

const unpackWithinMs = 15 * 60_000

/** Downloads the archives of a release into `folder`, checks their digests, unpacks them there and finds the executable. */
export async function installRelease(input: ReleaseInput, { signal, onProgress }: InstallOptions): Promise<Installed> {
  const { release, folder, fetch, background, plan } = input
  const archives = join(folder, 'archives')
  await mkdir(archives)
  const files: FileRecord[] = []
  let before = 0
  for (const [index, file] of release.files.entries()) {
    const path = join(archives, basename(file.name))
    const start = before
    await fetchFile(fetch, file, { path, signal, onProgress: ({ done }) => onProgress({ done: start + done, total: release.bytes }) })
    before += file.bytes
    // Each archive in a folder of its own, so that one can never write over the files of another.
    const part = index === 0 ? 'files' : `files-${index + 1}`
    await mkdir(join(folder, part))
    const unpacked = await background.run(
      unpackArchiveTask,
      { archive: path, target: join(folder, part) },
      { timeoutMs: unpackWithinMs, signal },
    )
    files.push(...unpacked.map(record => ({ ...record, path: `${part}/${record.path}` })))
    await rm(path)
  }
  await rm(archives, { recursive: true })
  const executable = findExecutable(files, plan.executable)
  for (let index = 2; index <= release.files.length; index++) await moveBeside(folder, { part: `files-${index}`, executable, files })
  await chmod(join(folder, ...executable.split('/')), 0o755)
  const { repository } = plan
  const source = {
    kind: 'github-release' as const,
    repository,
    tag: release.tag,
    archives: release.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  }
  return { executable, source, files }
}

function findExecutable(files: readonly FileRecord[], name: string): string {
  const found = files.filter(file => file.path.split('/').at(-1) === name).sort((left, right) => left.path.length - right.path.length)[0]
  if (!found) throw new Failure('download-failed', `The archive does not hold ${name}`)
  return found.path
}

type Extra = { part: string; executable: string; files: FileRecord[] }

/** Libraries of an extra archive (the CUDA runtime) are looked for beside the executable; nothing there is written over. */
async function moveBeside(folder: string, { part, executable, files }: Extra) {
  const home = executable.split('/').slice(0, -1)
  const from = join(folder, part)
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const target = join(folder, ...home, entry.name)
    if (existsSync(target)) throw new Failure('download-failed', `Two archives of this release hold ${entry.name}`)
    await rename(join(entry.parentPath, entry.name), target)
  }
  await rm(from, { recursive: true })
  for (const [index, record] of files.entries()) {
    const name = record.path.split('/').at(-1) ?? ''
    if (record.path.startsWith(`${part}/`)) files[index] = { ...record, path: [...home, name].join('/') }
  }
}
