import * as z from 'zod'
import { Failure } from '../../../contract/failure'
import type { ByteSource } from '../gguf/byte-source'

/** The reference reader refuses larger headers too (https://github.com/huggingface/safetensors, MAX_HEADER_SIZE). */
export const maxHeaderBytes = 100_000_000

const tensorSchema = z.object({
  dtype: z.string().max(32),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
export type SafetensorsTensor = { name: string; type: string; values: number; bytes: number }

/** Bits of a value; packed 4-bit formats count two values a byte (safetensors, Dtype). */
const bitsOfType: Readonly<Record<string, number>> = {
  ...{ F64: 64, I64: 64, U64: 64, F32: 32, I32: 32, U32: 32, F16: 16, BF16: 16, I16: 16, U16: 16 },
  ...{ F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, I8: 8, U8: 8, BOOL: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
}

const damaged = (sentence: string) => new Failure('model-damaged', sentence)

/**
 * Reads and checks the header of one safetensors file: 8 bytes of length, JSON, then the data, in which tensors lie one
 * after another without holes. Fails with `bad-input` (no safetensors) or `model-damaged`.
 */
export function readSafetensorsHeader(source: ByteSource): readonly SafetensorsTensor[] {
  const lengthBytes = source.read(0, 8)
  if (lengthBytes.length < 8) throw new Failure('bad-input', 'The file is too short to be safetensors')
  const length = lengthBytes.readBigUInt64LE()
  if (length > BigInt(maxHeaderBytes)) throw new Failure('bad-input', 'The file is not safetensors: its header would be larger than 100 MB')
  const header = source.read(8, Number(length))
  if (header.length < Number(length)) throw damaged('The file ends inside its header: it was cut off')
  const dataBytes = source.size - 8 - Number(length)
  const tensors = Object.entries(parseHeader(header.toString('utf8')))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => checkedTensor(name, value))
  checkPlaces(tensors, dataBytes)
  return tensors.map(({ name, type, values, start, end }) => ({ name, type, values, bytes: end - start }))
}

function parseHeader(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return z.record(z.string(), z.unknown()).parse(value)
  } catch (error) {
    throw new Failure('bad-input', 'The file is not safetensors: its header is no JSON object', { cause: error })
  }
}

type Placed = { name: string; type: string; values: number; start: number; end: number }

function checkedTensor(name: string, value: unknown): Placed {
  const parsed = tensorSchema.safeParse(value)
  if (!parsed.success) throw damaged(`The header describes the tensor ${JSON.stringify(name.slice(0, 80))} wrongly`)
  const {
    dtype,
    shape,
    data_offsets: [start, end],
  } = parsed.data
  const values = shape.reduce((product, dimension) => product * dimension, 1)
  const bits = bitsOfType[dtype]
  const bytes = bits === undefined ? end - start : (values * bits) / 8
  if (end < start || !Number.isSafeInteger(values) || bytes !== end - start) {
    throw damaged(`The tensor ${JSON.stringify(name.slice(0, 80))} does not have the size of its shape`)
  }
  return { name, type: dtype, values, start, end }
}

function checkPlaces(tensors: readonly Placed[], dataBytes: number) {
  let previousEnd = 0
  for (const { name, start, end } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== previousEnd) throw damaged(`The tensor ${JSON.stringify(name.slice(0, 80))} does not follow the one before it`)
    previousEnd = end
  }
  if (previousEnd > dataBytes)
    throw damaged(`The file has ${dataBytes} bytes of data where its header describes ${previousEnd}: it was cut off`)
}
