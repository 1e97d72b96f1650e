import type { Machine } from '../../contract/machine'

/**
 * Tensor types that llama.cpp lays out anew for the CPU, by instruction set, when it computes without a GPU: matrices whose
 * rows are a multiple of eight go into a buffer of their own (`CPU_REPACK`), beside the mapped file
 * (https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-cpu/repack.cpp, ggml_repack_get_optimal_repack_type).
 * On ARM it asks for dot products, which every 64-bit ARM that a desktop has brings (ARMv8.2 of 2017).
 */
const repacked: Readonly<Record<string, readonly string[]>> = {
  AVX2: ['Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4'],
  AVX512: ['Q2_K'],
  NEON: ['Q4_0', 'Q4_K', 'Q5_K', 'Q6_K', 'IQ4_NL', 'MXFP4', 'Q8_0', 'Q1_0'],
}

/** Bytes that are packed anew on this machine, from the bytes of matrices by tensor type; 0 where they are not known. */
export function repackedBytes(matrixBytes: Readonly<Record<string, number>> | undefined, { cpu }: Pick<Machine, 'cpu'>): number {
  if (!matrixBytes) return 0
  const types = new Set(cpu.isa.flatMap(each => repacked[each] ?? []))
  return [...types].reduce((sum, type) => sum + (matrixBytes[type] ?? 0), 0)
}
