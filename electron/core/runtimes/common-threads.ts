export type ThreadFacts = {
  physicalCores: number | null
  logicalCores: number | null
  /** Of a processor with two kinds of cores; null where all are alike. */
  performanceCores: number | null
  /** Load average of the last minute: what other programs compute, in cores. */
  load: number
  /** CPUs that a container or session may use at once; absent or null when there is no limit. */
  cpuLimit?: number | null
  /** Every layer is on the GPU, so that the CPU only feeds it. */
  allOnGpu: boolean
}

/** One thread feeds the GPU and one samples; more only burn power (llama.cpp, docs/development/token_generation_performance_tips.md). */
const threadsBesideGpu = 2

/**
 * Threads for a ggml engine (llama.cpp, its server, Ollama).
 *
 * Its workers spin at a barrier after each operation, so one worker that the system takes off a core holds up all others.
 * Measured on 2 cores with another program computing (SmolLM2-135M Q4_1, field note "Threads under load"): 2 threads needed
 * 61.6 s for a reply that 1 thread gave in 0.5 s, while on the idle machine 2 threads were 1.5 times as fast as 1. What can
 * be lost is far more than what can be gained, so one core is always left to the window, the gateway and the system, and
 * one more for each core that others keep busy. Hardware threads and efficiency cores are left out: the slowest worker
 * sets the pace.
 */
export function chooseThreads(facts: ThreadFacts): number {
  const halves = facts.logicalCores === null ? null : Math.ceil(facts.logicalCores / 2)
  const cores = facts.performanceCores ?? facts.physicalCores ?? halves ?? 2
  const usable = Math.max(1, Math.floor(Math.min(cores, facts.cpuLimit ?? Infinity)))
  const others = Math.max(1, Math.round(facts.load))
  // Efficiency cores do not compute for us, but they take the others' work.
  const spare = facts.performanceCores !== null && facts.physicalCores !== null ? facts.physicalCores - facts.performanceCores : 0
  const free = Math.max(1, usable - Math.max(0, others - spare))
  return facts.allOnGpu ? Math.min(threadsBesideGpu, free) : free
}

/** One answer that was measured: its decode speed, and how many answers were written at the same time. */
export type SpeedSample = { tokensPerSecond: number; atOnce: number }

/** Fewer answers than this may be an accident: a page fault, a laptop waking up. */
const samplesNeeded = 3
/** A long context or a warm processor costs a half at most; starving workers cost nine tenths and more. */
const collapsedShare = 0.25

/**
 * Whether decoding has become so much slower than `expected` (tok/s, measured right after the load with one answer at a
 * time) that the workers must be starving: the median over the last three answers, all streams of the moment taken
 * together, is below a quarter. `share` is that median as a part of what was expected; null while there is too little to judge.
 */
export function speedCollapsed(input: { expected: number; recent: readonly SpeedSample[] }): { collapsed: boolean; share: number | null } {
  const together = input.recent.slice(-samplesNeeded).map(each => each.tokensPerSecond * each.atOnce)
  const median = together.toSorted((left, right) => left - right)[Math.floor(samplesNeeded / 2)]
  if (together.length < samplesNeeded || median === undefined || input.expected <= 0) return { collapsed: false, share: null }
  const share = median / input.expected
  return { collapsed: share < collapsedShare, share }
}
