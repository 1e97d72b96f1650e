import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import { safeSegment, type FetchWatch, type Fetched } from '../artifact-fetch'
import { transferAll, type Transfer, type TransferDependencies } from '../file-transfers'
import type { Hub } from '../hub'
import type { OwnModel } from '../library.types'
import { isProjectorFile } from '../projectors'
import type { KeptTransfer } from '../kept-transfers'

export type HubFetchDependencies = TransferDependencies & { hub: Hub; modelsFolder: () => string }

/** Weights of a transfer, without what reads images beside them. */
export const weightsOf = ({ files }: Pick<KeptTransfer, 'files'>) => files.filter(({ path }) => !isProjectorFile(path))

/** Where an artifact of the hub lies: GGUF files under their repository, a folder of safetensors under its commit too. */
export function hubTarget(folder: string, transfer: KeptTransfer): string {
  const { repository, commit, format, files } = transfer
  const place = join(folder, ...repository.split('/').map(safeSegment))
  return format === 'gguf'
    ? join(place, safeSegment(basename((weightsOf(transfer)[0] ?? files[0])?.path ?? '')))
    : join(place, safeSegment((commit ?? 'main').slice(0, 12)))
}

/** Brings the files of one artifact, all of the same commit, and checks each against the hash that the hub gives. */
export async function fetchHubArtifact(dependencies: HubFetchDependencies, transfer: KeptTransfer, watch: FetchWatch): Promise<Fetched> {
  const target = hubTarget(dependencies.modelsFolder(), transfer)
  const hashes = await fetchHubFiles(dependencies, { transfer, folder: transfer.format === 'gguf' ? dirname(target) : target }, watch)
  const [only, ...more] = transfer.files.flatMap(({ path }, index) => (isProjectorFile(path) ? [] : [hashes[index] ?? null]))
  return { path: target, sha256: more.length === 0 ? (only ?? null) : null }
}

/** Brings the files of a transfer into a folder; their hashes, in order. */
export async function fetchHubFiles(
  dependencies: HubFetchDependencies,
  { transfer, folder }: { transfer: KeptTransfer; folder: string },
  watch: FetchWatch,
): Promise<readonly string[]> {
  const { hub } = dependencies
  const { repository, commit, files } = transfer
  watch.onSource(`${repository} at ${commit?.slice(0, 8) ?? 'main'} from ${new URL(hub.address()).host}`)
  const transfers: Transfer[] = []
  for (const { path, bytes, sha256 } of files) {
    const found = await hub.inspect({ kind: 'hub', repo: repository, file: path, revision: commit }, watch.signal)
    if (sha256 !== null && found.sha256 !== null && found.sha256 !== sha256)
      throw new Failure('hash-mismatch', `${path} has another hash than the one ${repository} names for this commit`)
    const known = bytes ?? found.bytes
    transfers.push({
      file: join(folder, safeSegment(basename(path))),
      remote: { ...found, bytes: known },
      sha256: sha256 ?? found.sha256,
      exact: bytes !== null,
    })
  }
  return transferAll(dependencies, { transfers, extraBytes: 0, estimate: transfer.totalBytes }, watch)
}

/** How a fetched artifact stands in the library. */
export function ownModelOf({ id, repository, commit }: KeptTransfer, path: string, sha256: string | null): OwnModel {
  return { id, title: basename(repository), path, sha256, origin: 'downloaded', hub: { repository, commit } }
}

/** Deletes what an unfinished transfer left; finished files of another artifact stay. */
export async function sweepHubFiles(folder: string, transfer: KeptTransfer): Promise<void> {
  const target = hubTarget(folder, transfer)
  if (transfer.format !== 'gguf') {
    await rm(target, { recursive: true, force: true })
    return
  }
  for (const { path } of transfer.files) {
    const file = join(target, '..', safeSegment(basename(path)))
    for (const left of [`${file}.part`, `${file}.part.json`]) await rm(left, { force: true })
  }
}
