import { availableParallelism, freemem } from 'node:os'
import { defineTask, type Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { bestRate, type BandwidthInput } from './bandwidth-task'
import type { Reading } from './hardware.types'
import { measuredBandwidth } from './parsers/memory-modules'

const task = defineTask<BandwidthInput, number[]>('hardware.bandwidth')

const durationMs = 200
/** Each of a thread's two buffers. All threads together read several times what the caches of their cores hold. */
const bufferBytes = 33_554_432
const mostThreads = 16

type Measuring = { background: Background; clock: Clock; signal?: AbortSignal }

/**
 * Reads memory for 0.2 s with as many threads as there are cores (16 at most), each in a worker. Leaves a reading like any
 * probe's; `missing` where too little memory is free to try.
 */
export async function measureBandwidth({ background, clock, signal }: Measuring): Promise<Reading> {
  const began = clock.monotonicMs()
  const threads = Math.min(mostThreads, availableParallelism())
  const bytes = Math.floor(Math.min(bufferBytes, freemem() / 4 / threads / 2))
  const run = {
    probe: 'memory-bandwidth',
    commandLine: `read ${Math.round((bytes * threads * 2) / 1_048_576)} MiB again and again for ${durationMs} ms`,
  }
  const reading = (outcome: Reading['run']['outcome'], text: string): Reading => ({
    fileName: 'memory-bandwidth.txt',
    text,
    run: { ...run, exitCode: outcome === 'read' ? 0 : null, durationMs: Math.round(clock.monotonicMs() - began), outcome },
  })
  // Less than this per thread would measure the cache.
  if (bytes < 16 * 1_048_576) return reading('missing', '')
  const input = { bytes, durationMs, threads, ready: new SharedArrayBuffer(4) }
  try {
    const windows = await Promise.all(
      Array.from({ length: threads }, () => background.run(task, input, { timeoutMs: 4000, ...(signal ? { signal } : {}) })),
    )
    const rate = bestRate(windows)
    return rate > 0 ? reading('read', readRate(rate / 1e9, threads)) : reading('failed', '')
  } catch {
    return reading('failed', '')
  }
}

/** What a reading of `measureBandwidth` says, in GB/s; null where it failed. */
export const measuredGBps = ({ text, run }: Reading): number | null =>
  run.outcome === 'read' ? (measuredBandwidth.parse(text, '').memory?.measuredGBps ?? null) : null

/** The text that parsers/memory-modules.ts reads. */
const readRate = (gigabytes: number, threads: number) =>
  `Memory read rate: ${gigabytes.toFixed(1)} GB/s (${threads} ${threads === 1 ? 'thread' : 'threads'}, ${durationMs} ms)\n`

/** The reading of an earlier measurement, not made again. */
export const earlierReading = (gigabytes: number): Reading => ({
  fileName: 'memory-bandwidth.txt',
  text: readRate(gigabytes, Math.min(mostThreads, availableParallelism())),
  run: { probe: 'memory-bandwidth', commandLine: 'measured at an earlier detection', exitCode: 0, durationMs: 0, outcome: 'read' },
})
