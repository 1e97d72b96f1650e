import { Failure } from '../../contract/failure'
import type { FileFacts, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import { readFacts, weightFiles } from './library-check'
import { realPath } from './library-import'
import type { Library } from './library.types'
import { hashFilesTask } from './tasks'

const hashWithinMs = 3_600_000

/**
 * A model whose file was moved by hand is shown where it lies now, and keeps its name and all that is known of it. It then belongs to
 * whoever moved it: taking it off the list does not delete it.
 * @throws Failure `not-found` no such row; `bad-input` its file is still there, or what lies there is another model; `model-missing`,
 *   `not-a-gguf` or `model-damaged` of the file.
 */
export async function foundAgain(
  { library, background }: { library: Library; background: Background },
  { id, path: given }: { id: string; path: string },
): Promise<LibraryModel> {
  // It may have been moved a moment ago, and nobody has looked since.
  await library.verify(id)
  const model = library.byId(id)
  if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
  if (model.state === 'ready') throw new Failure('bad-input', `${model.title} is where it was: ${model.path}`)
  const path = await realPath(given)
  const facts = await readFacts(background, path)
  const same = facts.bytes === model.bytes && hasHeaderOf(model.facts, facts) && (await hasContentOf(background, model, path))
  if (!same) throw new Failure('bad-input', `What lies there is not ${model.title}: import it as a model of its own.`)
  return library.relocate(id, path, 'imported')
}

const hasHeaderOf = (known: FileFacts | null, seen: FileFacts) =>
  known === null || (known.architecture === seen.architecture && known.quantisation === seen.quantisation)

async function hasContentOf(background: Background, { sha256 }: LibraryModel, path: string): Promise<boolean> {
  if (sha256 === null) return true
  const seen = await background.run(hashFilesTask, { paths: await weightFiles(path) }, { timeoutMs: hashWithinMs })
  return seen.sha256 === sha256
}
