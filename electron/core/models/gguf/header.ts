import { Failure } from '../../../contract/failure'
import type { ByteSource } from './byte-source'
import { createCursor } from './cursor'
import { limits, readMetadata, type Metadata } from './metadata'
import { alignmentOf, checkPlaces, maxTensors, readTensors, type Tensor } from './tensors'

export type GgufHeader = { version: number; metadata: Metadata; tensors: readonly Tensor[]; fileBytes: number }

/**
 * Reads and checks the header of a GGUF file, version 2 or 3, before any runtime sees the file. Reads only the header.
 * Fails with `not-a-gguf` or `model-damaged` and never otherwise. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
 */
export function readGgufHeader(source: ByteSource): GgufHeader {
  checkMagic(source.read(0, 512), source.size)
  const cursor = createCursor(source)
  cursor.skip(4)
  const version = cursor.u32()
  checkVersion(version)
  const tensorCount = readCount(cursor.u64(), maxTensors, 'tensors')
  const pairs = readCount(cursor.u64(), limits.metadataPairs, 'keys')
  const metadata = readMetadata(cursor, pairs)
  const alignment = alignmentOf(metadata)
  const tensors = readTensors(cursor, tensorCount, alignment)
  checkPlaces(tensors, Math.ceil(cursor.position / alignment) * alignment, source.size)
  return { version, metadata, tensors, fileBytes: source.size }
}

function readCount(count: bigint, max: number, what: string): number {
  if (count > BigInt(max)) throw new Failure('model-damaged', `The header claims ${count} ${what}, more than ${max}`)
  return Number(count)
}

function checkVersion(version: number) {
  if (version === 2 || version === 3) return
  if (version === 0x02000000 || version === 0x03000000) {
    throw new Failure('not-a-gguf', 'The file is a GGUF for big-endian machines, which no runtime here reads')
  }
  throw new Failure('not-a-gguf', `The file is a GGUF of version ${version}; runtimes read versions 2 and 3`)
}

function checkMagic(beginning: Buffer, size: number) {
  if (beginning.subarray(0, 4).equals(Buffer.from('GGUF'))) return
  if (size === 0) throw new Failure('not-a-gguf', 'The file is empty')
  throw new Failure('not-a-gguf', `The file is not a GGUF: ${whatItIs(beginning)}`)
}

/** Names other kinds of file that people choose by mistake, from their first bytes. */
export function whatItIs(beginning: Buffer): string {
  const text = beginning.toString('latin1').trimStart().toLowerCase()
  if (text.startsWith('<!doctype') || text.startsWith('<html') || text.startsWith('<?xml')) return 'it is a web page'
  if (text.startsWith('version https://git-lfs')) return 'it is a Git LFS pointer, the weights themselves were not fetched'
  if (beginning.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return 'it is a ZIP archive (or PyTorch weights)'
  if (beginning[0] === 0x80 && (beginning[1] ?? 9) <= 5) return 'it is a Python pickle, which can run code when opened'
  if (['ggml', 'ggjt', 'lmgg', 'tjgg'].includes(text.slice(0, 4))) return 'it is in the older GGML format'
  if (beginning.length > 9 && beginning[8] === 0x7b) return 'it looks like safetensors; choose the folder it lies in'
  return `it begins with ${JSON.stringify(beginning.subarray(0, 4).toString('latin1'))}`
}
