import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import type { Background } from '../lib/background'
import { checkRoom, freeDiskBytes } from './disk-space'
import { TransientFailure, type Left } from './download-answer'
import { fetchRest, type Received } from './download-try'
import type { Downloaded, Downloader, DownloadOptions, DownloadRequest, DownloadSource } from './download.types'
import type { Fetch } from './network'
import { partFile, type PartFile } from './part-file'
import { hashFilesTask } from './tasks'

export type DownloaderDependencies = {
  fetch: Fetch
  background: Background
  freeBytes?: (folder: string) => Promise<number | null>
  /** Waits double from `firstDelayMs` to 30 s; tries are counted anew whenever bytes came. */
  retry?: { tries: number; firstDelayMs: number }
  /** No byte for this long ends a try. */
  stallMs?: number
}

const longestDelayMs = 30_000
/** A server that asks for more than this is taken to be out of reach for now. */
const longestAskedMs = 300_000

export function createDownloader(dependencies: DownloaderDependencies): Downloader {
  const { background, freeBytes = freeDiskBytes, retry = { tries: 6, firstDelayMs: 1_000 }, stallMs = 30_000 } = dependencies

  const checkRoomFor = async ({ target, bytes }: DownloadRequest, left: Left | null) => {
    const total = left?.sidecar.total ?? bytes ?? 0
    checkRoom(Math.max(0, total - (left?.bytes ?? 0)), await freeBytes(dirname(target)), dirname(target))
  }

  /** One source, until it is whole or has failed for good. */
  const fromSource = async (source: DownloadSource, request: DownloadRequest, options: DownloadOptions): Promise<Received> => {
    const part = partFile(request.target)
    for (let failed = 0; ;) {
      const before = await usableLeft(part, source, request.sha256 ?? null)
      try {
        await checkRoomFor(request, before)
        return await fetchRest({ ...dependencies, freeBytes, stallMs }, { source, request, part, left: before, options })
      } catch (error) {
        options.signal.throwIfAborted()
        if (!isTransient(error)) throw error
        const after = await part.left()
        failed = (after?.bytes ?? 0) > (before?.bytes ?? 0) ? 1 : failed + 1
        if (failed >= retry.tries) throw error
        await sleep(delayMs(error, retry.firstDelayMs * 2 ** (failed - 1)), undefined, { signal: options.signal })
      }
    }
  }

  const whole = async (source: DownloadSource, request: DownloadRequest, options: DownloadOptions): Promise<Downloaded> => {
    const part = partFile(request.target)
    const received = await fromSource(source, request, options)
    const { bytes, sha256 } =
      received.hashed ?? (await background.run(hashFilesTask, { paths: [part.path] }, { timeoutMs: 3_600_000, signal: options.signal }))
    if (request.sha256 && sha256 !== request.sha256) {
      await part.discard()
      // Bytes of an earlier try may have been of another file: once more from the beginning.
      if (received.resumed) return whole(source, request, options)
      throw new Failure(
        'hash-mismatch',
        `${basename(request.target)} does not have the expected SHA-256: it was changed on its way or at its source`,
      )
    }
    await part.finish()
    return { path: request.target, bytes, sha256 }
  }

  /** A file that is there already, with the right hash: one part of several, after a cancel. */
  const presentFile = async ({ target, sha256 }: DownloadRequest, signal: AbortSignal): Promise<Downloaded | null> => {
    if (!sha256 || !existsSync(target)) return null
    const hashed = await background.run(hashFilesTask, { paths: [target] }, { timeoutMs: 3_600_000, signal })
    return hashed.sha256 === sha256 ? { path: target, ...hashed } : null
  }

  return {
    async download(request, options) {
      const present = await presentFile(request, options.signal)
      if (present) return present
      let last: unknown = new Failure('offline', `There is no source for ${basename(request.target)}`)
      for (const source of request.sources) {
        try {
          return await whole(source, request, options)
        } catch (error) {
          if (options.signal.aborted) throw cancelled(request)
          last = error
          if (!(error instanceof Failure) || !['offline', 'not-found', 'download-failed', 'hash-mismatch'].includes(error.code)) throw error
        }
      }
      throw last
    },
  }
}

/** What an earlier try left, when it is of the same file. */
async function usableLeft(part: PartFile, source: DownloadSource, sha256: string | null): Promise<Left | null> {
  const left = await part.left()
  if (!left) return null
  const sameFile = sha256 !== null ? left.sidecar.sha256 === sha256 : left.sidecar.address === source.address
  const tooLong = left.sidecar.total !== null && left.bytes > left.sidecar.total
  return sameFile && !tooLong ? left : null
}

/** As long as the server asks for; without its word, longer after each failure. Fails where it asks for too long. */
function delayMs(error: unknown, ours: number): number {
  const asked = error instanceof TransientFailure ? error.waitMs : null
  if (asked !== null && asked > longestAskedMs)
    throw new Failure('download-failed', `The server asks us to wait ${Math.round(asked / 60_000)} min: too many requests`, {
      cause: error,
    })
  return asked ?? Math.min(longestDelayMs, ours)
}

const isTransient = (error: unknown) => error instanceof TransientFailure || (error instanceof Failure && error.code === 'offline')

const cancelled = ({ target }: DownloadRequest) =>
  new Failure('cancelled', `The download of ${basename(target)} was cancelled; what came is kept`)
