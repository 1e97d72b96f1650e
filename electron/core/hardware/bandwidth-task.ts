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
/** Length of the windows that are told apart: threads that read at the same time are added up, and one that had to wait is seen. */
export const windowMs = 20

/**
 * Reads memory as decoding does, as fast as one thread can, and returns the bytes it read in each window of `windowMs` since all
 * threads began. Comparing two equal buffers is a pure read at the processor's widest instructions (memcmp of the C library); both
 * are larger than the cache and were written to first, since untouched pages are all one page of zeros. Runs in a worker thread
 * beside others of its kind, which begin together.
 */
export function readBandwidth({ bytes, durationMs, threads, ready }: BandwidthInput): number[] {
  const [one, other] = [Buffer.alloc(bytes, 1), Buffer.alloc(bytes, 1)]
  const gate = new Int32Array(ready)
  if (Atomics.add(gate, 0, 1) + 1 >= threads) Atomics.notify(gate, 0)
  for (let seen = Atomics.load(gate, 0); seen < threads; seen = Atomics.load(gate, 0)) {
    if (Atomics.wait(gate, 0, seen, barrierMs) === 'timed-out') break
  }
  const windows = Array<number>(Math.floor(durationMs / windowMs)).fill(0)
  const began = performance.now()
  for (let start = 0; ; start = start + 2 * stepBytes > bytes ? 0 : start + stepBytes) {
    if (one.compare(other, start, start + stepBytes, start, start + stepBytes) !== 0) return []
    const window = Math.floor((performance.now() - began) / windowMs)
    if (window >= windows.length) return windows
    windows[window] = (windows[window] ?? 0) + 2 * stepBytes
  }
}

/**
 * Bytes per second of all threads together in the best of the windows: whatever else runs on the machine only ever takes some of
 * it away. The first window is left out, in which they come up one after another.
 */
export function bestRate(windows: readonly (readonly number[])[]): number {
  const count = Math.min(...windows.map(each => each.length))
  const sums = Array.from({ length: Math.max(0, count) }, (_, index) => windows.reduce((sum, each) => sum + (each[index] ?? 0), 0))
  return (Math.max(0, ...sums.slice(1)) * 1000) / windowMs
}
