import type { FileFacts, ModelShape } from '../../../contract/model'
import { sizeOfFile, type ModelSize } from '../../recommend/model-size'

/** Bits a weight of what is usually taken of each format: Q4_K_M for GGUF, 16 bits for safetensors, 4 bits and scales for MLX. */
const usualBits = { gguf: 4.85, safetensors: 16, mlx: 4.5 } as const

/** What is known of a model that is not here: parameters, and the shape where its description was read. */
export type Known = { parameters: number | null; shape: ModelShape | null }

/** Size for an estimate from bytes on the disk; null when neither bytes nor parameters are known. */
export function sizeOfRemote(known: Known, { format, bytes }: { format: keyof typeof usualBits; bytes: number | null }): ModelSize | null {
  const parameters = known.parameters ?? (bytes === null ? null : (bytes * 8) / usualBits[format])
  if (parameters === null) return null
  const weights = bytes ?? (parameters * usualBits[format]) / 8
  const facts: FileFacts = {
    ...{ format: format === 'gguf' ? 'gguf' : 'safetensors', name: null, architecture: 'unknown', quantisation: 'unknown' },
    ...{ bytes: weights, tensorBytes: weights, tensorCount: 0, parameters, layerBytes: [], shape: known.shape, chatTemplate: false },
  }
  return { ...sizeOfFile(facts, null), basis: 'shape' }
}
