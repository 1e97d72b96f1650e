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

/** Bytes of each buffer that are compared at once, so that even a slow thread comes to an end in each window. */
const stepBytes = 1_048_576
/** Length of the windows that are told apart. */
export const windowMs = 20
/** A thread that had a core for less of a window says nothing of it. */
const leastCpuMs = windowMs / 4

/**
 * Reads memory as decoding does, as fast as one thread can, and returns its bytes per second in each window of `windowMs` since all
 * threads began, by the time that it had a core: what else computes on the machine does not count against the memory; 0 for a window
 * in which it had none. Comparing two equal buffers is a pure read at the processor's widest instructions (memcmp of the C library);
 * both are larger than the cache and were written to first, since untouched pages are all one page of zeros. Runs in a worker
 * thread beside others of its kind, which begin together.
 */
export function readBandwidth({ bytes, durationMs, threads, ready }: BandwidthInput): number[] {
  const [one, other] = [Buffer.alloc(bytes, 1), Buffer.alloc(bytes, 1)]
  const gate = new Int32Array(ready)
  if (Atomics.add(gate, 0, 1) + 1 >= threads) Atomics.notify(gate, 0)
  for (let seen = Atomics.load(gate, 0); seen < threads; seen = Atomics.load(gate, 0)) {
    if (Atomics.wait(gate, 0, seen, barrierMs) === 'timed-out') break
  }
  const windows = Array.from({ length: Math.floor(durationMs / windowMs) }, () => ({ bytes: 0, cpuMs: 0 }))
  const began = performance.now()
  let cpuMs = threadCpuMs()
  for (let start = 0; ; start = start + 2 * stepBytes > bytes ? 0 : start + stepBytes) {
    if (one.compare(other, start, start + stepBytes, start, start + stepBytes) !== 0) return []
    const window = windows[Math.floor((performance.now() - began) / windowMs)]
    if (!window) return windows.map(each => (each.cpuMs < leastCpuMs ? 0 : (each.bytes * 1000) / each.cpuMs))
    const now = threadCpuMs()
    window.bytes += 2 * stepBytes
    window.cpuMs += now - cpuMs
    cpuMs = now
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/**
 * Bytes per second of all threads together in the best window that all of them had a core in: whatever else reads memory only ever
 * takes some of it away. Where they never had one at once, what each of them reached at best, added up.
 */
export function bestRate(windows: readonly (readonly number[])[]): number {
  const count = Math.min(...windows.map(each => each.length))
  const together = Array.from({ length: Math.max(0, count) }, (_, index) => windows.map(each => each[index] ?? 0))
  const whole = together.filter(rates => rates.every(rate => rate > 0)).map(sum)
  return whole.length > 0 ? Math.max(...whole) : sum(windows.map(each => Math.max(0, ...each)))
}

const sum = (rates: readonly number[]) => rates.reduce((total, rate) => total + rate, 0)
