import { basename } from 'node:path'
import type { Artifact, CatalogueModel, LibraryModel } from '../../contract/model'

export const idOf = (model: CatalogueModel, artifact: Artifact) => `${model.id}:${artifact.id}`

/** `local/file-name:Q4_0`; a name that is taken by another file gets a number. */
export function localId(path: string, quantisation: string, taken: (id: string) => boolean): string {
  const name = basename(path)
    .replace(/\.(gguf|safetensors)$/i, '')
    .replace(/-\d{5}-of-\d{5}$/, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
  const base = name === '' ? 'model' : name
  for (let number = 1; ; number++) {
    const id = `local/${number === 1 ? base : `${base}-${number}`}:${quantisation}`
    if (!taken(id)) return id
  }
}

/** The model a name means among those that are here. */
export function findByName(models: readonly LibraryModel[], catalogue: readonly CatalogueModel[], name: string): LibraryModel | null {
  const wanted = name.toLowerCase()
  const exact = models.find(model => model.id === name) ?? models.find(model => model.id.toLowerCase() === wanted)
  if (exact) return exact
  const known = catalogue.find(model => model.id.toLowerCase() === wanted)
  const order = known?.artifacts.map(artifact => artifact.id) ?? []
  const rank = (model: LibraryModel) => (model.state === 'ready' ? 0 : 1_000) + Math.max(0, order.indexOf(model.artifactId ?? ''))
  const candidates = models.filter(model => model.id.slice(0, model.id.lastIndexOf(':')).toLowerCase() === wanted)
  return candidates.sort((a, b) => rank(a) - rank(b))[0] ?? null
}

export type Known = { model: CatalogueModel; artifact: Artifact }

/** The catalogue's files of just this size whose hash is known: only for these is hashing a file worth its time. */
export const candidatesBySize = (catalogue: readonly CatalogueModel[], bytes: number): readonly Known[] =>
  catalogue.flatMap(model =>
    model.artifacts.filter(artifact => artifact.sha256 !== null && artifact.bytes === bytes).map(artifact => ({ model, artifact })),
  )
