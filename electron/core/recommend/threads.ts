import type { Machine } from '../../contract/machine'
import { chooseThreads } from '../runtimes/common-threads'

/**
 * Threads an engine computes with where nothing else runs: as many as were asked for, else those that are chosen at its start,
 * which leave a core to the window and the system. Engines that take all cores are not quicker for it beside a window (Ollama
 * 69, the built-in engine 73 tok/s with SmolLM2 on two cores: our own runs, November 2026). Null where cores are not known.
 */
export function threadsOf({ cpu }: Machine, asked?: number | null): number | null {
  if (asked != null) return asked
  const { physicalCores, logicalCores, performanceCores } = cpu
  if ((performanceCores ?? physicalCores ?? logicalCores) === null) return null
  return chooseThreads({ physicalCores, logicalCores, performanceCores, cpuLimit: cpu.limitCores ?? null, load: 0, allOnGpu: false })
}

/**
 * What one core can draw of the memory, in GB/s of what the modules promise, of which decoding reaches seven tenths: 30 GB/s. Two
 * threads of a Ryzen 9 7950X read 61 GB/s, three and four of an M2 Max 112 and 118 (llama-bench runs by number of threads, 2024); one
 * core of a server 26 to 31, whatever both of its cores read together (our own runs, November 2026).
 */
const coreDrawGBps = 30 / 0.7

/** What so many threads can draw of memory that promises `nominalGBps`; all of it where their number is not known. */
export const drawnGBps = (nominalGBps: number, threads: number | null | undefined): number =>
  threads == null ? nominalGBps : Math.min(nominalGBps, threads * coreDrawGBps)
