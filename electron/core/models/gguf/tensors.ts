import { Failure } from '../../../contract/failure'
import type { Cursor } from './cursor'
import { readText, shown, type Metadata } from './metadata'
import { tensorTypes, type TensorType } from './tensor-types'

export type Tensor = { name: string; dimensions: readonly bigint[]; type: TensorType; offset: bigint; bytes: bigint; values: bigint }

export const maxTensors = 65_536
const maxNameBytes = 512
const signedLimit = 2n ** 63n

const damaged = (sentence: string) => new Failure('model-damaged', sentence)

/** Reads the list of tensors: names unique, types known, sizes computed without overflow, offsets aligned. */
export function readTensors(cursor: Cursor, count: number, alignment: number): readonly Tensor[] {
  const names = new Set<string>()
  const tensors: Tensor[] = []
  for (let index = 0; index < count; index++) {
    const tensor = readTensor(cursor, alignment)
    if (names.has(tensor.name)) throw damaged(`The tensor ${shown(tensor.name)} is there twice`)
    names.add(tensor.name)
    tensors.push(tensor)
  }
  return tensors
}

function readTensor(cursor: Cursor, alignment: number): Tensor {
  const name = readText(cursor, maxNameBytes, 'The name of a tensor')
  const dimensions = readDimensions(cursor, name)
  const typeNumber = cursor.u32()
  const offset = cursor.u64()
  const type = tensorTypes.get(typeNumber)
  if (!type) throw damaged(`The tensor ${shown(name)} has the type ${typeNumber}, which is unknown or was removed from the format`)
  const rowValues = dimensions[0] ?? 1n
  if (rowValues % BigInt(type.blockValues) !== 0n) {
    throw damaged(`The rows of ${shown(name)} have ${rowValues} values, no multiple of the block of ${type.name}`)
  }
  if (offset % BigInt(alignment) !== 0n) throw damaged(`The tensor ${shown(name)} does not begin at a multiple of ${alignment} bytes`)
  const values = dimensions.reduce((product, dimension) => product * dimension, 1n)
  const bytes = (values / BigInt(type.blockValues)) * BigInt(type.blockBytes)
  if (values >= signedLimit || bytes >= signedLimit) throw damaged(`The size of the tensor ${shown(name)} is beyond all bounds`)
  return { name, dimensions, type, offset, bytes, values }
}

function readDimensions(cursor: Cursor, name: string): readonly bigint[] {
  const count = cursor.u32()
  if (count < 1 || count > 4) throw damaged(`The tensor ${shown(name)} has ${count} dimensions`)
  const dimensions = Array.from({ length: count }, () => cursor.u64())
  if (dimensions.some(dimension => dimension < 1n || dimension >= signedLimit)) {
    throw damaged(`The tensor ${shown(name)} has an impossible dimension`)
  }
  return dimensions
}

/** Fails unless every tensor lies inside the file and none lies over another. */
export function checkPlaces(tensors: readonly Tensor[], dataStart: number, fileBytes: number) {
  const ordered = [...tensors].sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0))
  let previousEnd = 0n
  for (const { name, offset, bytes } of ordered) {
    if (offset < previousEnd) throw damaged(`The tensor ${shown(name)} lies over another one`)
    previousEnd = offset + bytes
  }
  const needed = BigInt(dataStart) + previousEnd
  if (needed > BigInt(fileBytes)) {
    throw damaged(`The file has ${fileBytes} bytes where its header describes ${needed}: it was cut off`)
  }
}

/** `general.alignment`, 32 when it is not given. */
export function alignmentOf(metadata: Metadata): number {
  const value = metadata.get('general.alignment')
  if (value === undefined) return 32
  const alignment = typeof value === 'number' ? value : 0
  const powerOfTwo = Number.isInteger(alignment) && alignment >= 8 && alignment <= 65_536 && (alignment & (alignment - 1)) === 0
  if (!powerOfTwo) throw damaged('The alignment of the file is not a power of two from 8 to 65,536')
  return alignment
}
