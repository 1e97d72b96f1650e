import { createWriteStream } from 'node:fs'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extract, list, type ReadEntry } from 'tar'
import { openPromise, type Entry } from 'yauzl'
import { Failure } from '../../contract/failure'
import { checkEntries, type ArchiveEntry, type CheckedEntry } from './archive-check'
import type { FileRecord } from './install.types'
import { recordFiles } from './record-files'
import type { UnpackArchive } from './tasks'

/** Unpacks an archive into a folder that exists, after every entry was checked, and hashes what came out. Runs in a worker. */
export async function unpackArchive({ archive, target }: UnpackArchive): Promise<FileRecord[]> {
  const { size } = await stat(archive)
  const unpack = archive.endsWith('.zip') ? unpackZip : unpackTar
  try {
    await unpack(archive, { target, size })
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure('download-failed', `The archive cannot be read: ${messageOf(cause)}`, { cause })
  }
  return await recordFiles({ folder: target })
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

type Place = { target: string; size: number }

const tarKinds: Readonly<Record<string, ArchiveEntry['kind']>> = {
  ...{ File: 'file', OldFile: 'file', ContiguousFile: 'file', Directory: 'folder', SymbolicLink: 'link', Link: 'hard-link' },
}

async function unpackTar(archive: string, { target, size }: Place) {
  const entries: ArchiveEntry[] = []
  const look = (entry: ReadEntry) => {
    entries.push({ name: entry.path, kind: tarKinds[entry.type] ?? 'other', bytes: entry.size, target: entry.linkpath ?? null })
  }
  await list({ file: archive, strict: true, onReadEntry: look })
  checkEntries(entries, size)
  // Owners, set-uid bits and times of somebody else's machine are not wanted here.
  await extract({ file: archive, cwd: target, strict: true, preserveOwner: false, noMtime: true, umask: 0o022, fmode: 0o644, dmode: 0o755 })
}

async function unpackZip(archive: string, { target, size }: Place) {
  const zip = await openPromise(archive, { autoClose: false, lazyEntries: true, strictFileNames: false })
  try {
    const found: Entry[] = []
    for await (const entry of zip.eachEntry()) found.push(entry)
    const places = new Map(checkEntries(found.map(describeZip), size).map(place => [place.name, place]))
    for (const entry of found) {
      const place = places.get(entry.fileName)
      if (place) await writeZipEntry(place, { target, mode: modeOf(entry), open: () => zip.openReadStreamPromise(entry) })
    }
  } finally {
    zip.close()
  }
}

/** Mode of a file packed on Unix: the high half of its external attributes (APPNOTE.TXT 4.4.15). */
const modeOf = (entry: Entry) => entry.externalFileAttributes >>> 16
const typeMask = 0o170_000
const regular = 0o100_000
const folder = 0o040_000

function describeZip(entry: Entry): ArchiveEntry {
  const type = modeOf(entry) & typeMask
  const isFolder = entry.fileName.endsWith('/') || type === folder
  const kind = isFolder ? 'folder' : type === 0 || type === regular ? 'file' : 'other'
  return { name: entry.fileName, kind, bytes: entry.uncompressedSize, target: null }
}

type ZipPlace = { target: string; mode: number; open(): Promise<NodeJS.ReadableStream> }

async function writeZipEntry({ kind, segments }: CheckedEntry, { target, mode, open }: ZipPlace) {
  const path = join(target, ...segments)
  await mkdir(kind === 'folder' ? path : dirname(path), { recursive: true })
  if (kind === 'folder') return
  // `wx`: nothing is ever written over.
  await pipeline(await open(), createWriteStream(path, { flags: 'wx', mode: 0o644 }))
  if (mode & 0o111) await chmod(path, 0o755)
}
