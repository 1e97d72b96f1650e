import { constants } from 'node:fs'
import { glob, open, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../lib/clock'
import type { Platform, Reading } from './hardware.types'

const mebibyte = 1_048_576
/** The measurement ends with whichever comes first. */
const mostBytes = 256 * mebibyte
const durationMs = 300
/** A disk that does not answer within this is left alone. */
const giveUpMs = 3_000
/** Smaller files say more of seeking than of reading. */
const leastBytes = 64 * mebibyte
const firstBytes = mebibyte
const chunkBytes = 8 * mebibyte
const mostFiles = 2_000

/**
 * Reads a part of the largest model file past the system's cache (open(2), O_DIRECT), 256 MiB or 0.3 s, and leaves a reading
 * like any probe's. Null where there is no such file, or no way around the cache: only Linux has one here, and not for every
 * file system.
 */
export async function measureDisk(folder: string, { clock, platform }: { clock: Clock; platform: Platform }): Promise<Reading | null> {
  if (platform !== 'linux') return null
  const began = clock.monotonicMs()
  const rate = await Promise.race([rateOf(folder, clock), sleep(giveUpMs, null, { ref: false })]).catch(() => null)
  if (rate === null) return null
  return reading(rate.MBps, `read ${Math.round(rate.bytes / mebibyte)} MiB of a model file past the cache`, clock.monotonicMs() - began)
}

/** The reading of an earlier measurement of the same disk, not made again. */
export const earlierDisk = (MBps: number): Reading => reading(MBps, 'measured at an earlier detection', 0)

function reading(MBps: number, commandLine: string, tookMs: number): Reading {
  const run = { probe: 'disk-speed', commandLine, exitCode: 0, durationMs: Math.round(tookMs), outcome: 'read' as const }
  return { fileName: 'disk-speed.txt', text: `Models disk read rate: ${MBps.toFixed(0)} MB/s\n`, run }
}

async function rateOf(folder: string, clock: Clock): Promise<{ MBps: number; bytes: number } | null> {
  const path = await largestFile(folder)
  if (path === null) return null
  const file = await open(path, constants.O_RDONLY | constants.O_DIRECT)
  try {
    return await readFor(file, clock)
  } finally {
    await file.close()
  }
}

/** Transfers past the cache have to start on a page's bounds in memory, as a WebAssembly memory does (open(2), notes on O_DIRECT). */
async function readFor(file: FileHandle, clock: Clock): Promise<{ MBps: number; bytes: number } | null> {
  const buffer = Buffer.from(new WebAssembly.Memory({ initial: chunkBytes / 65_536, maximum: chunkBytes / 65_536 }).buffer)
  const began = clock.monotonicMs()
  let bytes = 0
  while (bytes < mostBytes && clock.monotonicMs() - began < durationMs) {
    // A little first, so that a slow disk is not asked for much.
    const { bytesRead } = await file.read(buffer, 0, bytes < chunkBytes ? firstBytes : chunkBytes, bytes)
    bytes += bytesRead
    if (bytesRead < firstBytes) break
  }
  const seconds = (clock.monotonicMs() - began) / 1000
  return bytes < firstBytes || seconds <= 0 ? null : { MBps: bytes / 1e6 / seconds, bytes }
}

async function largestFile(folder: string): Promise<string | null> {
  let largest: { path: string; bytes: number } | null = null
  let seen = 0
  for await (const name of glob('{*,*/*,*/*/*,*/*/*/*}.{gguf,safetensors}', { cwd: folder })) {
    if (++seen > mostFiles) break
    const path = join(folder, name)
    const about = await stat(path).catch(() => null)
    if (about?.isFile() && about.size >= leastBytes && about.size > (largest?.bytes ?? 0)) largest = { path, bytes: about.size }
  }
  return largest?.path ?? null
}
