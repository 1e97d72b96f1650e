import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { CatalogueModel, FileFacts, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { readFacts, weightFiles } from './library-check'
import type { Entries } from './library-entries'
import { candidatesBySize, idOf, localId, type Known } from './library-names'
import type { ImportHints } from './library.types'
import { hashFilesTask } from './tasks'

export type ImportDependencies = { entries: Entries; background: Background; catalogue: readonly CatalogueModel[]; clock: Clock }

/** Takes the file at `given` into the library; see Library.importFile. */
export async function importModel(dependencies: ImportDependencies, given: string, hints: ImportHints = {}): Promise<LibraryModel> {
  const { entries, background, clock } = dependencies
  const path = await realPath(given)
  const facts = await readFacts(background, path)
  const { known, sha256 } = await recognise(dependencies, { path, facts, sha256: hints.sha256 ?? null })
  const condition = {
    ...{ state: 'ready' as const, why: null, facts, bytes: facts.bytes },
    ...(hints.projector && { projector: hints.projector }),
  }
  const same = sameModel(entries, { path, facts, known })
  // The same content twice: the one that is here already is used.
  if (same?.state === 'ready' && same.path !== path) return same
  if (same) return entries.put({ ...same, ...condition, path })
  return entries.put({
    ...naming(known, hints.name ?? facts.name ?? basename(path)),
    id: known ? idOf(known.model, known.artifact) : localId(hints.name ?? path, facts.quantisation, id => entries.byId(id) !== null),
    origin: 'imported',
    path,
    ...condition,
    sha256,
    ...(hints.hub && { hub: hints.hub }),
    addedAt: clock.wall(),
  })
}

const naming = (known: Known | null, name: string) =>
  known
    ? { title: known.model.title, catalogueId: known.model.id, artifactId: known.artifact.id, engineTest: known.model.engineTest }
    : { title: name, catalogueId: null, artifactId: null, engineTest: false }

type Read = { path: string; facts: FileFacts; sha256: string | null }

/** A file of a size that the catalogue knows is worth hashing; a hash that its store gives costs nothing. */
async function recognise({ catalogue, background }: ImportDependencies, { path, facts, sha256: told }: Read) {
  const candidates = candidatesBySize(catalogue, facts.bytes)
  if (candidates.length === 0) return { known: null, sha256: told }
  const paths = await weightFiles(path)
  const sha256 = told ?? (await background.run(hashFilesTask, { paths }, { timeoutMs: 3_600_000 })).sha256
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

/**
 * The file without links in its folders. Its own name is kept even where it is a link: a store that names its files by hash
 * gives them readable names that way, and the parts of a split model find each other by name.
 */
/** Where a file of the library is called from: its folder resolved, its own name kept. */
export async function realPath(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new Failure('bad-input', `${path} is not a full path`)
  try {
    await realpath(path)
    return join(await realpath(dirname(path)), basename(path))
  } catch (error) {
    throw new Failure('model-missing', `There is nothing at ${path}`, { cause: error })
  }
}
