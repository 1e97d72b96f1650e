import type { FileFacts } from '../../../contract/model'
import type { GgufHeader } from './header'
import { headerValues } from './header-values'
import { maxLayers, shapeOfHeader } from './shape'
import { fileTypes } from './tensor-types'
import type { Tensor } from './tensors'

/** What a person and the planner want to know of the file. `bytes` is the size of all its parts. */
export function factsOfHeader(header: GgufHeader): FileFacts {
  const values = headerValues(header.metadata)
  return {
    format: 'gguf',
    name: values.text('general.name'),
    architecture: values.text('general.architecture') ?? 'unknown',
    quantisation: quantisationOf(header),
    bytes: header.fileBytes,
    tensorBytes: sum(header.tensors, tensor => tensor.bytes),
    tensorCount: header.tensors.length,
    parameters: sum(header.tensors, tensor => tensor.values),
    layerBytes: layerBytes(header.tensors),
    matrixBytes: matrixBytes(header.tensors),
    tiedOutput: !header.tensors.some(({ name }) => name === 'output.weight'),
    shape: shapeOfHeader(header),
    chatTemplate: values.has('tokenizer.chat_template'),
  }
}

/** Adds in full precision: a header may claim sizes up to 2^63. */
const sum = (tensors: readonly Tensor[], of: (tensor: Tensor) => bigint) =>
  Number(tensors.reduce((total, tensor) => total + of(tensor), 0n))

/** The name of `general.file_type`, else the type that holds most bytes. */
function quantisationOf({ metadata, tensors }: GgufHeader): string {
  const fileType = headerValues(metadata).count('general.file_type')
  const named = fileType === null ? undefined : fileTypes.get(fileType)
  if (named) return named
  const bytesByType = new Map<string, bigint>()
  for (const { type, bytes } of tensors) bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0n) + bytes)
  const largest = [...bytesByType].reduce<[string, bigint]>((most, entry) => (entry[1] > most[1] ? entry : most), ['unknown', 0n])
  return largest[0]
}

function layerBytes(tensors: readonly Tensor[]): number[] {
  const layers: number[] = []
  for (const { name, bytes } of tensors) {
    const layer = Number(/^blk\.(\d{1,4})\./.exec(name)?.[1] ?? NaN)
    if (Number.isNaN(layer) || layer >= maxLayers) continue
    while (layers.length <= layer) layers.push(0)
    layers[layer] = (layers[layer] ?? 0) + Number(bytes)
  }
  return layers
}

/** Two dimensions, or three where experts lie behind each other; the second is the number of rows. */
function matrixBytes(tensors: readonly Tensor[]): Record<string, number> {
  const bytesByType: Record<string, number> = {}
  for (const { name, dimensions, type, bytes } of tensors) {
    const multiplied = name === 'output.weight' || /^blk\.\d+\..*\.weight$/.test(name)
    if (!multiplied || dimensions.length < 2 || (dimensions[1] ?? 0n) % 8n !== 0n) continue
    bytesByType[type.name] = (bytesByType[type.name] ?? 0) + Number(bytes)
  }
  return bytesByType
}
