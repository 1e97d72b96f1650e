import { realpath } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import { Failure } from '../../contract/failure'
import type { CatalogueModel, FileFacts, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { partsOf } from './gguf/read-gguf'
import { readFacts } from './library-check'
import type { Entries } from './library-entries'
import { candidatesBySize, idOf, localId, type Known } from './library-names'
import { hashFilesTask } from './tasks'

export type ImportDependencies = { entries: Entries; background: Background; catalogue: readonly CatalogueModel[]; clock: Clock }

/** Takes the file at `given` into the library; see Library.importFile. */
export async function importModel(dependencies: ImportDependencies, given: string): Promise<LibraryModel> {
  const { entries, background, clock } = dependencies
  const path = await realPath(given)
  const facts = await readFacts(background, path)
  const { known, sha256 } = await recognise(dependencies, path, facts)
  const condition = { state: 'ready' as const, why: null, facts, bytes: facts.bytes }
  const same = sameModel(entries, { path, facts, known })
  // The same content twice: the one that is here already is used.
  if (same?.state === 'ready' && same.path !== path) return same
  if (same) return entries.put({ ...same, ...condition, path })
  return entries.put({
    ...naming(known, facts, path),
    id: known ? idOf(known.model, known.artifact) : localId(path, facts.quantisation, id => entries.byId(id) !== null),
    origin: 'imported',
    path,
    ...condition,
    sha256,
    addedAt: clock.wall(),
  })
}

const naming = (known: Known | null, facts: FileFacts, path: string) =>
  known
    ? { title: known.model.title, catalogueId: known.model.id, artifactId: known.artifact.id, engineTest: known.model.engineTest }
    : { title: facts.name ?? basename(path), catalogueId: null, artifactId: null, engineTest: false }

async function recognise({ catalogue, background }: ImportDependencies, path: string, facts: FileFacts) {
  const candidates = candidatesBySize(catalogue, facts.bytes)
  if (candidates.length === 0) return { known: null, sha256: null }
  const { sha256 } = await background.run(hashFilesTask, { paths: partsOf(path) }, { timeoutMs: 3_600_000 })
  return { known: candidates.find(({ artifact }) => artifact.sha256 === sha256) ?? null, sha256 }
}

type Imported = { path: string; facts: FileFacts; known: Known | null }

/** The row that means this file already: by place, by hash, or as one that was lost and is now shown at its new place. */
function sameModel(entries: Entries, { path, facts, known }: Imported): LibraryModel | null {
  const models = entries.list()
  const lost = (model: LibraryModel) =>
    model.state === 'missing' &&
    model.bytes === facts.bytes &&
    basename(model.path) === basename(path) &&
    model.facts?.tensorBytes === facts.tensorBytes
  return (
    models.find(model => model.path === path) ?? (known && entries.byId(idOf(known.model, known.artifact))) ?? models.find(lost) ?? null
  )
}

async function realPath(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new Failure('bad-input', `${path} is not a full path`)
  try {
    return await realpath(path)
  } catch (error) {
    throw new Failure('model-missing', `There is nothing at ${path}`, { cause: error })
  }
}
