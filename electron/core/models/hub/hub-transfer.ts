import { Failure } from '../../../contract/failure'
import type { HubRepository } from '../../../contract/hub'
import type { CatalogueModel } from '../../../contract/model'
import type { KeptTransfer } from '../kept-transfers'
import type { TransferPlan } from '../transfers'

/** One artifact of a repository, at the commit that was looked at, with what reads images for it. Fails with `not-found` or `gated`. */
export function hubTransfer(found: HubRepository, name: string): TransferPlan {
  const { id, commit, artifacts } = found
  const artifact = artifacts.find(each => each.id === name)
  if (!artifact) throw new Failure('not-found', notThere(found, name))
  checkAccess(found)
  const files = artifact.projector ? [...artifact.files, artifact.projector] : artifact.files
  return {
    ...{ id: `${id}:${name}`, repository: id, commit, artifact: name, title: `${id.split('/')[1] ?? id} ${name}` },
    ...{ totalBytes: sumOf(artifact.bytes, artifact.projector ? artifact.projector.bytes : 0), format: artifact.format, files },
  }
}

function notThere({ id, refused }: HubRepository, name: string): string {
  const [first, ...more] = refused
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  const why = first ? `; ${first.file}${others} is not offered: ${first.why}` : ''
  return `${id} has no ${name} that can be downloaded${why}`
}

const sumOf = (one: number | null, other: number | null) => (one === null || other === null ? null : one + other)

export function checkAccess({ id, access }: Pick<HubRepository, 'id' | 'access'>): void {
  if (access === 'needs-token') throw new Failure('gated', `${id} is given only with a token of someone who accepted its terms`)
  if (access === 'needs-consent')
    throw new Failure('gated', `${id} is given only to people who accepted its terms, which the owner of this token did not`)
}

type LookUp = (id: string, revision: string | null) => Promise<HubRepository>

/**
 * A transfer of the catalogue with the files that the hub has for it, all at the commit that its name means now; a resumed one
 * keeps its commit. A folder can be had that way only; a GGUF that reads images gets its projector so, and without the hub it
 * comes alone from wherever it can.
 */
export async function withHubFiles(kept: KeptTransfer, catalogue: readonly CatalogueModel[], repository: LookUp): Promise<KeptTransfer> {
  if (kept.files.length > 0) return kept
  const isFolder = kept.format !== 'gguf'
  const source = sourceOf(kept, catalogue)
  if (!source && isFolder) throw new Failure('not-available-here', `No source is known for ${kept.id}`)
  if (!source) return kept
  const found = await lookUp({ kept, repository }, source.repo, kept.commit ?? source.revision)
  const wanted = found?.artifacts.find(({ format, files }) => (isFolder ? format !== 'gguf' : files[0]?.path === source.file))
  if (!found || (!wanted && !isFolder)) return kept
  const { id, title, artifact } = kept
  return { ...kept, ...hubTransfer(found, wanted?.id ?? artifact), id, title, artifact }
}

/** Where the hub has it; null also for a GGUF that reads text alone, which needs no looking up. */
function sourceOf({ repository, artifact, format }: KeptTransfer, catalogue: readonly CatalogueModel[]) {
  const model = catalogue.find(({ id }) => id === repository)
  if (format === 'gguf' && !model?.abilities.includes('vision')) return null
  return model?.artifacts.find(({ id }) => id === artifact)?.sources.find(each => each.kind === 'hub') ?? null
}

/** Null where a GGUF may come from elsewhere. */
async function lookUp({ kept, repository }: { kept: KeptTransfer; repository: LookUp }, id: string, revision: string | null) {
  try {
    return await repository(id, revision)
  } catch (error) {
    if (kept.format === 'gguf' && error instanceof Failure && error.code !== 'gated') return null
    throw error
  }
}
