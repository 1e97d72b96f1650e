export type BandwidthInput = {
  /** Bytes of each of two buffers that are compared. */
  bytes: number
  durationMs: number
  threads: number
  /** Shared by all threads: how many are ready to begin. */
  ready: SharedArrayBuffer
}

/** Threads that come up late are not waited for longer than this. */
const barrierMs = 400

/**
 * Reads memory as decoding does, as fast as one thread can, and returns bytes per second. Comparing two equal buffers is a pure
 * read at the processor's widest instructions (memcmp of the C library); both are larger than the cache and were written to
 * first, since untouched pages are all one page of zeros. Runs in a worker thread beside others of its kind, which begin together.
 */
export function readBandwidth({ bytes, durationMs, threads, ready }: BandwidthInput): number {
  const [one, other] = [Buffer.alloc(bytes, 1), Buffer.alloc(bytes, 1)]
  const gate = new Int32Array(ready)
  if (Atomics.add(gate, 0, 1) + 1 >= threads) Atomics.notify(gate, 0)
  for (let seen = Atomics.load(gate, 0); seen < threads; seen = Atomics.load(gate, 0)) {
    if (Atomics.wait(gate, 0, seen, barrierMs) === 'timed-out') break
  }
  const began = performance.now()
  const before = process.threadCpuUsage()
  let passes = 0
  while (performance.now() - began < durationMs) {
    if (one.compare(other) !== 0) return 0
    passes++
  }
  const { user, system } = process.threadCpuUsage(before)
  // Time that the thread had a core, in microseconds: what else runs on the machine does not count against the memory.
  return user + system > 0 ? (passes * bytes * 2 * 1e6) / (user + system) : 0
}
