import { Failure } from '../../contract/failure'
import type { Artifact, CatalogueModel, Fit, OfferedModel } from '../../contract/model'
import type { Wanted } from './artifact-fetch'
import { idOf } from './library-names'
import type { Library } from './library.types'
import type { Reachable } from './sources'

export type OfferMeans = {
  library: Pick<Library, 'byId'>
  reachable: Reachable
  fit(model: CatalogueModel, artifact: Artifact): Fit
}

/** A model of the catalogue with the verdict and the source of each of its artifacts, as of now. */
export function offerOf(model: CatalogueModel, { library, reachable, fit }: OfferMeans): OfferedModel {
  return {
    model,
    artifacts: model.artifacts.map(artifact => {
      const here = library.byId(idOf(model, artifact))
      const source = here?.state === 'ready' ? { source: 'here' as const, why: null } : sourceOf(artifact, reachable)
      return { id: artifact.id, fit: fit(model, artifact), libraryId: here?.id ?? null, ...source }
    }),
  }
}

/** What can be downloaded by name: also folders, which come from the hub. */
export function findWanted(catalogue: readonly CatalogueModel[], id: string): Wanted {
  const wanted = wantedOf(catalogue, id)
  if (!wanted) throw new Failure('not-found', `There is no model named ${id} in the catalogue`)
  return wanted
}

/** `org/name` means its first GGUF. */
export function wantedOf(catalogue: readonly CatalogueModel[], id: string): Wanted | null {
  for (const model of catalogue) {
    if (!id.toLowerCase().startsWith(model.id.toLowerCase())) continue
    const rest = id.slice(model.id.length)
    const artifact = model.artifacts.find(each =>
      rest === '' ? each.format === 'gguf' : `:${each.id}`.toLowerCase() === rest.toLowerCase(),
    )
    if (artifact) return { model, artifact }
  }
  return null
}

function sourceOf(artifact: Artifact, reachable: Reachable): { source: 'hub' | 'pypi' | null; why: string | null } {
  const kinds = artifact.sources.map(source => source.kind).filter(kind => kind !== 'bundled')
  const answering = kinds.find(kind => reachable[kind] === true)
  if (answering) return { source: answering, why: null }
  const names = [...new Set(kinds)].map(kind => (kind === 'hub' ? 'the hub' : 'the package index')).join(' and ')
  const asked = kinds.every(kind => reachable[kind] === false)
  return {
    source: null,
    why: asked ? `Only ${names} has it, which cannot be reached from here` : `Not known yet whether ${names} can be reached`,
  }
}
