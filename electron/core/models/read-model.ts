import { statSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { Failure } from '../../contract/failure'
import type { FileFacts } from '../../contract/model'
import { readGguf } from './gguf/read-gguf'
import { readSafetensorsFolder } from './safetensors/read-safetensors'

/**
 * What the headers of a model say: a GGUF file, the first of its parts, or a folder with safetensors. Runs in a worker.
 * Fails with `model-missing`, `not-a-gguf`, `model-damaged` or `bad-input`.
 */
export function readModel({ path }: { path: string }): FileFacts {
  if (isFolder(path)) return readSafetensorsFolder(path)
  if (extname(path).toLowerCase() === '.safetensors') return readSafetensorsFolder(dirname(path))
  return readGguf(path)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw new Failure('model-missing', `There is nothing at ${path}`, { cause: error })
  }
}
