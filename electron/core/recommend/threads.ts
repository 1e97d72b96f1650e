import type { Machine } from '../../contract/machine'
import { chooseThreads } from '../runtimes/common-threads'
import { coresOf } from './cores'

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

/** A core that reads alone draws more than its part: 26 to 31 of the 31 to 51 GB/s that two draw together, and decoding nearly all of that. */
const aloneExponent = 0.4

/**
 * Share of the memory bandwidth that so many threads can draw: half of the cores saturate a desktop's memory, two of two on a
 * server's; fewer draw more than their part of it (our own runs on a server's two cores, November 2026).
 */
export function memoryShareOf(threads: number | null | undefined, machine: Machine): number {
  const cores = coresOf(machine)
  if (threads == null || cores === null) return 1
  return Math.min(1, threads / Math.max(Math.min(2, cores), Math.ceil(cores / 2))) ** aloneExponent
}
