import type { PerfRow } from './rows'

/** What the notes of a row say of where the model lay and of the processor beside the GPU. */
export type Conditions = {
  /** Layers on GPUs (`ngl 24`); null = all. */
  gpuLayers: number | null
  /** Layers whose experts stay in main memory (`cpu-moe 21`). */
  expertLayers: number
  /** Cards that work on each layer together (`tensor parallel 2`). */
  tensorParallel: number
  /** Bandwidth of main memory (`ram 89.6 GB/s`). */
  memoryGBps: number | null
  /** Cores of the processor (`cpu 16 cores AVX2`) and its instruction sets, and the threads that computed (`2 threads`). */
  cores: number | null
  isa: readonly string[]
  threads: number | null
}

const sets: Readonly<Record<string, readonly string[]>> = { AVX512: ['AVX2', 'AVX512'], AVX2: ['AVX2'], NEON: ['NEON', 'DOTPROD'] }

export function conditionsOf({ notes }: Pick<PerfRow, 'notes'>): Conditions {
  const numberIn = (pattern: RegExp) => {
    const found = pattern.exec(notes)
    return found ? Number(found[1]) : null
  }
  return {
    gpuLayers: numberIn(/\bngl (\d+)/),
    expertLayers: numberIn(/\bcpu-moe (\d+)/) ?? 0,
    tensorParallel: numberIn(/\btensor parallel (\d+)/) ?? 1,
    memoryGBps: numberIn(/\bram ([\d.]+) GB\/s/),
    cores: numberIn(/\bcpu (\d+) cores/),
    isa: sets[/\bcores (AVX512|AVX2|NEON)\b/.exec(notes)?.[1] ?? ''] ?? [],
    threads: numberIn(/\b(\d+) threads\b/),
  }
}
