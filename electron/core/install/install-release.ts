import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Background } from '../lib/background'
import { keptOfFile } from '../lib/kept'
import type { Downloader } from '../models/download.types'
import type { FileRecord, InstallOptions, Manifest } from './install.types'
import type { ManagedBuilds } from './managed-builds'
import { packingOf } from './packing'
import type { FoundRelease, ReleasePlan, WantedFile } from './releases'
import { placeProgramTask, unpackArchiveTask } from './tasks'

export type ReleaseInput = {
  downloader: Downloader
  background: Background
  managed: Pick<ManagedBuilds, 'downloadPathOf'>
  plan: Pick<ReleasePlan, 'repository' | 'executable'>
  release: FoundRelease
  folder: string
}
export type Installed = Pick<Manifest, 'executable' | 'source' | 'files'>

const unpackWithinMs = 15 * 60_000

/**
 * Downloads the files of a release, checks their digests, unpacks archives into `folder` and finds the executable there; a file
 * that is no archive is the executable itself. What came of a file stays in the builds folder until it is in its place, so that
 * a try that was cut off goes on where it stopped.
 */
export async function installRelease(input: ReleaseInput, options: InstallOptions): Promise<Installed> {
  const { release, folder, background, managed, plan } = input
  const { signal, onProgress } = options
  const files: FileRecord[] = []
  let before = 0
  for (const [index, file] of release.files.entries()) {
    const path = await managed.downloadPathOf(file)
    const start = before
    const tell = ({ done }: { done: number }) => onProgress({ done: start + done, total: release.bytes })
    options.log?.(`${file.name}, ${file.bytes} bytes, from ${file.address}`)
    options.onStage?.(`fetching ${file.name}`)
    await fetchArchive(input, { file, path }, { ...options, signal, onProgress: tell })
    before += file.bytes
    // Each archive in a folder of its own, so that one can never write over the files of another.
    options.onStage?.(`${file.name} is unpacked, every file hashed`)
    const part = index === 0 ? 'files' : `files-${index + 1}`
    await mkdir(join(folder, part))
    try {
      const name = index === 0 ? plan.executable : file.name
      const unpacked = await unfold({ background, signal }, { file, path, target: join(folder, part), name })
      files.push(...unpacked.map(record => ({ ...record, path: `${part}/${record.path}` })))
    } finally {
      if (!signal.aborted) await rm(dirname(path), { recursive: true, force: true })
    }
    options.log?.(`${file.name} has sha256 ${file.sha256} as announced, in its place`)
  }
  const executable = findExecutable(files, plan.executable)
  for (let index = 2; index <= release.files.length; index++) await moveBeside(folder, { part: `files-${index}`, executable, files })
  await chmod(join(folder, ...executable.split('/')), 0o755)
  const { repository } = plan
  const source = {
    kind: 'github-release' as const,
    repository,
    tag: release.tag,
    archives: release.files.map(({ name, bytes, sha256, address }) => ({ name, bytes, sha256, address })),
  }
  return { executable, source, files }
}

type Folded = { file: WantedFile; path: string; target: string; name: string }

/** Files that came out, by path in `target`. */
function unfold({ background, signal }: Pick<ReleaseInput, 'background'> & { signal: AbortSignal }, { file, path, target, name }: Folded) {
  const packing = packingOf(file.name)
  const options = { timeoutMs: unpackWithinMs, signal }
  if (packing === 'archive') return background.run(unpackArchiveTask, { archive: path, target }, options)
  return background.run(placeProgramTask, { file: path, packing, target, name }, options)
}

type Archive = { file: WantedFile; path: string }

async function fetchArchive({ downloader }: ReleaseInput, { file, path }: Archive, options: InstallOptions) {
  const { bytes, sha256, address, name } = file
  const headers = { 'user-agent': 'roundhouse' }
  let came = 0
  const onProgress: InstallOptions['onProgress'] = progress => {
    came = progress.done
    options.onProgress(progress)
  }
  const wanted = { sources: [{ address, headers }], target: path, bytes, mostBytes: bytes, sha256 }
  const got = await downloader.download(wanted, { signal: options.signal, onProgress }).catch((error: unknown) => {
    if (options.signal.aborted) options.onStage?.(`${name}: ${keptOfFile(came, bytes)}`)
    throw error
  })
  if (got.bytes === bytes) return
  await rm(dirname(path), { recursive: true, force: true })
  throw new Failure('hash-mismatch', `${name} has ${got.bytes} bytes, not the ${bytes} that its publisher announced`)
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
