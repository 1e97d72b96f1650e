import { Failure } from '../../../contract/failure'
import type { ByteSource } from './byte-source'

const windowBytes = 256 * 1024
/** No header of a real model comes near (the largest seen, with 260,000 tokens and merges, take about 20 MB). */
export const maxHeaderBytes = 256 * 1024 * 1024

export type Cursor = ReturnType<typeof createCursor>

/** Reads a header forward in little-endian order, holding one window of it in memory; every step is checked against the end. */
export function createCursor(source: ByteSource) {
  const end = Math.min(source.size, maxHeaderBytes)
  let window: Buffer = Buffer.alloc(0)
  let windowStart = 0
  let position = 0

  const cut = (): never => {
    if (source.size > maxHeaderBytes) throw new Failure('model-damaged', `The header is larger than ${maxHeaderBytes / 1024 / 1024} MiB`)
    throw new Failure('model-damaged', `The file ends inside its header, after ${source.size} bytes: it was cut off`)
  }

  /** Makes `length` bytes readable at the position and returns where in the window they begin. */
  const ensure = (length: number): number => {
    if (length > end - position) return cut()
    if (position < windowStart || position + length > windowStart + window.length) {
      window = source.read(position, Math.min(end - position, Math.max(length, windowBytes)))
      windowStart = position
      if (window.length < length) return cut()
    }
    const at = position - windowStart
    position += length
    return at
  }

  return {
    get position() {
      return position
    },
    get remaining() {
      return end - position
    },
    skip(length: number) {
      if (length > end - position) cut()
      position += length
    },
    // `ensure` may exchange the window, so it runs before the window is looked at.
    u8: () => at(ensure(1), start => window.readUInt8(start)),
    i8: () => at(ensure(1), start => window.readInt8(start)),
    u16: () => at(ensure(2), start => window.readUInt16LE(start)),
    i16: () => at(ensure(2), start => window.readInt16LE(start)),
    u32: () => at(ensure(4), start => window.readUInt32LE(start)),
    i32: () => at(ensure(4), start => window.readInt32LE(start)),
    f32: () => at(ensure(4), start => window.readFloatLE(start)),
    f64: () => at(ensure(8), start => window.readDoubleLE(start)),
    u64: () => at(ensure(8), start => window.readBigUInt64LE(start)),
    i64: () => at(ensure(8), start => window.readBigInt64LE(start)),
    text: (length: number) => at(ensure(length), start => window.toString('utf8', start, start + length)),
  }
}

const at = <Value>(start: number, read: (start: number) => Value): Value => read(start)
