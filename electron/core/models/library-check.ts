import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { FileFacts, LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import { partsOf } from '../runtimes/common-gguf-parts'
import { readModelTask } from './tasks'

const readTimeoutMs = 20_000

export const readFacts = (background: Background, path: string): Promise<FileFacts> =>
  background.run(readModelTask, { path }, { timeoutMs: readTimeoutMs })

export type Condition = Pick<LibraryModel, 'state' | 'why' | 'facts' | 'bytes'>

/**
 * How the file is now. A file of unchanged size whose header is known is taken as ready without reading it again:
 * what changes inside it shows when it is loaded.
 */
export async function conditionOf(model: LibraryModel, background: Background): Promise<Condition> {
  const bytes = await totalBytes(model.path)
  if (bytes === null) return { ...model, state: 'missing', why: `The file is not at ${model.path} any more` }
  if (model.state === 'ready' && model.facts !== null && bytes === model.bytes) return { ...model }
  try {
    const facts = await readFacts(background, model.path)
    return { state: 'ready', why: null, facts, bytes: facts.bytes }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.code === 'model-missing') return { ...model, state: 'missing', why: error.message }
    return { state: 'damaged', why: error.message, facts: model.facts, bytes }
  }
}

/** Bytes of the file and its further parts, of a folder those of its safetensors; null when one is missing. */
async function totalBytes(path: string): Promise<number | null> {
  try {
    const stats = await Promise.all((await weightFiles(path)).map(part => stat(part)))
    return stats.length === 0 ? null : stats.reduce((total, one) => total + one.size, 0)
  } catch {
    return null
  }
}

/** The files that hold a model's weights, in order: the parts of a GGUF, or the safetensors of a folder. */
export async function weightFiles(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return partsOf(path)
  const names = await readdir(path)
  return names
    .filter(name => name.endsWith('.safetensors'))
    .sort()
    .map(name => join(path, name))
}
