import { Failure } from '../../../contract/failure'
import type { Cursor } from './cursor'

/** A value of the header. Arrays that are long or of strings keep only their length: nothing here needs their content. */
export type MetadataValue = number | bigint | boolean | string | readonly (number | boolean)[] | { count: number }
export type Metadata = ReadonlyMap<string, MetadataValue>

/** Limits far above every real model; a file beyond them was made to harm a parser. */
export const limits = {
  metadataPairs: 4_096,
  keyBytes: 65_535,
  stringBytes: 16 * 1024 * 1024,
  chatTemplateBytes: 1024 * 1024,
  keptStringBytes: 64 * 1024,
  arrayValues: 4 * 1024 * 1024,
  keptArrayValues: 4_096,
} as const

const stringType = 8
const arrayType = 9

type Scalar = { bytes: number; read(cursor: Cursor): number | bigint | boolean }

/** Value types by number: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. */
const scalars: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { bytes: 1, read: cursor => cursor.u8() }],
  [1, { bytes: 1, read: cursor => cursor.i8() }],
  [2, { bytes: 2, read: cursor => cursor.u16() }],
  [3, { bytes: 2, read: cursor => cursor.i16() }],
  [4, { bytes: 4, read: cursor => cursor.u32() }],
  [5, { bytes: 4, read: cursor => cursor.i32() }],
  [6, { bytes: 4, read: cursor => cursor.f32() }],
  [7, { bytes: 1, read: cursor => cursor.u8() !== 0 }],
  [10, { bytes: 8, read: cursor => cursor.u64() }],
  [11, { bytes: 8, read: cursor => cursor.i64() }],
  [12, { bytes: 8, read: cursor => cursor.f64() }],
])

const damaged = (sentence: string) => new Failure('model-damaged', sentence)

export function readMetadata(cursor: Cursor, pairs: number): Metadata {
  const metadata = new Map<string, MetadataValue>()
  for (let index = 0; index < pairs; index++) {
    const key = readText(cursor, limits.keyBytes, 'A key of the header')
    if (metadata.has(key)) throw damaged(`The header gives ${shown(key)} twice`)
    metadata.set(key, readValue(cursor, key))
  }
  return metadata
}

export function readText(cursor: Cursor, maxBytes: number, what: string): string {
  return cursor.text(readLength(cursor, maxBytes, what))
}

function readLength(cursor: Cursor, max: number, what: string): number {
  const length = cursor.u64()
  if (length > BigInt(max)) throw damaged(`${what} claims ${length} bytes, more than ${max}`)
  return Number(length)
}

function readValue(cursor: Cursor, key: string): MetadataValue {
  const type = cursor.u32()
  if (type === arrayType) return readArray(cursor, key)
  if (type === stringType) return readString(cursor, key)
  const scalar = scalars.get(type)
  if (!scalar) throw damaged(`${shown(key)} has the unknown type ${type}`)
  return scalar.read(cursor)
}

function readString(cursor: Cursor, key: string): MetadataValue {
  const max = key === 'tokenizer.chat_template' ? limits.chatTemplateBytes : limits.stringBytes
  const length = readLength(cursor, max, shown(key))
  if (length <= limits.keptStringBytes) return cursor.text(length)
  cursor.skip(length)
  return { count: length }
}

function readArray(cursor: Cursor, key: string): MetadataValue {
  const type = cursor.u32()
  const count = cursor.u64()
  if (count > BigInt(limits.arrayValues)) throw damaged(`${shown(key)} claims ${count} values, more than ${limits.arrayValues}`)
  if (type === stringType) return skipStrings(cursor, key, Number(count))
  const scalar = scalars.get(type)
  if (!scalar) throw damaged(`${shown(key)} is an array of the unknown type ${type}`)
  if (Number(count) > limits.keptArrayValues) {
    cursor.skip(Number(count) * scalar.bytes)
    return { count: Number(count) }
  }
  return Array.from({ length: Number(count) }, () => {
    const value = scalar.read(cursor)
    return typeof value === 'bigint' ? Number(value) : value
  })
}

function skipStrings(cursor: Cursor, key: string, count: number): MetadataValue {
  if (count * 8 > cursor.remaining) throw damaged(`${shown(key)} claims more strings than the file has room for: it was cut off`)
  for (let index = 0; index < count; index++) cursor.skip(readLength(cursor, limits.stringBytes, shown(key)))
  return { count }
}

/** A name from the file in a sentence: short and without control characters. */
export const shown = (name: string) => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name)
