import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { FileFacts } from '../../../contract/model'
import { partsOf } from '../../runtimes/common-gguf-parts'
import { withFile } from './byte-source'
import { factsOfHeader } from './facts'
import { readGgufHeader, type GgufHeader } from './header'
import { headerValues, type HeaderValues } from './header-values'

/** Reads the headers of a GGUF model, one file or several parts of which `path` is the first, and says what is in them. */
export function readGguf(path: string): FileFacts {
  const first = withFile(path, readGgufHeader)
  const values = headerValues(first.metadata)
  refuseHelpers(basename(path), values)
  if ((values.count('split.count') ?? 1) < 2) return factsOfHeader(first)
  if (values.count('split.no') !== 0)
    throw new Failure('bad-input', `${basename(path)} is a later part of a split model; choose its first part`)
  return factsOfHeader(joined(first, path))
}

/** Files in the same format that are no models by themselves. */
function refuseHelpers(name: string, values: HeaderValues) {
  const kind = values.text('general.type')
  if (kind === 'mmproj' || values.text('general.architecture') === 'clip')
    throw new Failure('bad-input', `${name} is a projector for images, which goes with a model and is none itself`)
  if (kind === 'adapter') throw new Failure('bad-input', `${name} is a LoRA adapter, which goes with a model and is none itself`)
  if (kind === 'imatrix') throw new Failure('bad-input', `${name} is an importance matrix, no model`)
}

function joined(first: GgufHeader, path: string): GgufHeader {
  const rest = partsOf(path).slice(1)
  const missing = rest.filter(part => !existsSync(part)).map(part => basename(part))
  if (rest.length === 0)
    throw new Failure('bad-input', `${basename(path)} is one part of a split model and must keep its name ending in -00001-of-...`)
  if (missing.length > 0) throw new Failure('model-missing', `Parts of the model are missing in ${dirname(path)}: ${missing.join(', ')}`)
  const headers = rest.map(part => withFile(join(part), readGgufHeader))
  return {
    ...first,
    tensors: [first, ...headers].flatMap(header => header.tensors),
    fileBytes: [first, ...headers].reduce((total, header) => total + header.fileBytes, 0),
  }
}
