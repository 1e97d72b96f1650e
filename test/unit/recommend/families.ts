import { z } from 'zod'
import type { FileFacts } from '../../../electron/contract/model'
import type { ByteSource } from '../../../electron/core/models/gguf/byte-source'
import { factsOfHeader } from '../../../electron/core/models/gguf/facts'
import { readGgufHeader } from '../../../electron/core/models/gguf/header'
import { ggufHeader, type WrittenTensor, type WrittenValue } from '../models/fixtures/gguf-writer'
import { readJson } from './inputs'

const keySchema = z.union([z.number(), z.string(), z.boolean(), z.object({ f: z.number() }), z.array(z.number()), z.array(z.boolean())])
const modelSchema = z.object({
  id: z.string(),
  architecture: z.string(),
  keys: z.record(z.string(), keySchema),
  /** Name (`blk.*.` for layers), dimensions, layers it is in. */
  tensors: z.array(z.tuple([z.string(), z.array(z.int()), z.string().nullable()])),
  /** Context, flash attention, and MiB of cache, recurrent state and compute buffer as llama.cpp reserves them. */
  runs: z.array(z.tuple([z.int(), z.boolean(), z.number(), z.number(), z.number()])),
  /** Context of each slot, slots, and whole MiB of cache and states together and of compute buffer, as a server of 2026 says. */
  server: z.array(z.tuple([z.int(), z.int(), z.int(), z.int()])),
})
export type Family = z.infer<typeof modelSchema>

/** Real models of every family, as headers, with what llama.cpp itself says of them. */
export const families = z.object({ models: z.array(modelSchema) }).parse(readJson('test', 'fixtures', 'memory', 'families.json')).models

function written(value: Family['keys'][string]): WrittenValue {
  if (typeof value === 'number') return { u32: value }
  if (typeof value === 'string') return { text: value }
  if (typeof value === 'boolean') return { bool: value }
  if (!Array.isArray(value)) return { f32: value.f }
  return typeof value[0] === 'boolean' ? { bools: value.map(Boolean) } : { u32s: value.map(Number) }
}

const layersOf = (ranges: string) =>
  ranges.split(',').flatMap(range => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })

const small = /norm|bias|ssm_a|ssm_d|ssm_conv1d|ssm_dt|shortconv\.conv|sinks|rope_freqs|exp_probs_b|gate_inp|scale/

/** Norms and the like in 32 bits, matrices in Q8_0 where their rows allow it, else in 16 bits. */
function tensorOf(name: string, dimensions: readonly number[]): WrittenTensor {
  const values = dimensions.reduce((product, dimension) => product * dimension, 1)
  if (small.test(name) || dimensions.length === 1) return { name, dimensions, type: 0, bytes: values * 4 }
  return (dimensions[0] ?? 0) % 32 === 0
    ? { name, dimensions, type: 8, bytes: (values / 32) * 34 }
    : { name, dimensions, type: 1, bytes: values * 2 }
}

/** The header of the model as a file, and how large the file would be: its weights are never written. */
export function headerOf({ id, architecture, keys, tensors }: Family): { header: Buffer; fileBytes: number } {
  const own = Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, written(value)] as const)
  const metadata = {
    ...{ 'general.architecture': { text: architecture }, 'general.name': { text: id }, 'tokenizer.ggml.model': { text: 'no_vocab' } },
    ...Object.fromEntries(own),
  }
  const all = tensors.flatMap(([name, dimensions, layers]) =>
    layers === null ? [tensorOf(name, dimensions)] : layersOf(layers).map(layer => tensorOf(name.replace('*', String(layer)), dimensions)),
  )
  return ggufHeader({ metadata, tensors: all })
}

/** What our own reader makes of that header. */
export function factsOf(family: Family): FileFacts {
  const { header, fileBytes } = headerOf(family)
  const source: ByteSource = { size: fileBytes, read: (offset, length) => header.subarray(offset, offset + length) }
  return factsOfHeader(readGgufHeader(source))
}
