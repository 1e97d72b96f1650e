import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBackground } from '../../../electron/core/lib/background'
import { createDownloader, type DownloaderDependencies } from '../../../electron/core/models/download'
import type { DownloadOptions } from '../../../electron/core/models/download.types'
import { createFetch, type Fetch } from '../../../electron/core/models/network'

export const root = join(import.meta.dirname, '../../..')
export const background = createBackground(join(root, 'dist/host/worker.js'))
export const plainFetch = createFetch({})

/** A fetch that knows how many bytes of the current answer its reader has taken. */
export function countingFetch() {
  let taken = 0
  const fetch: Fetch = async (address, options) => {
    taken = 0
    const response = await plainFetch(address, options)
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        taken += chunk.length
        controller.enqueue(chunk)
      },
    })
    const { status, headers } = response
    return new Response(response.body?.pipeThrough(count) ?? null, { status, headers })
  }
  return { fetch, taken: () => taken }
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
export const randomFile = (bytes: number) => Buffer.concat([Buffer.from('GGUF'), randomBytes(bytes - 4)])

export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'roundhouse-models-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export const quickDownloader = (changes: Partial<DownloaderDependencies> = {}) =>
  createDownloader({ fetch: plainFetch, background, retry: { tries: 4, firstDelayMs: 5 }, stallMs: 5_000, ...changes })

export const quietOptions = (signal = new AbortController().signal): DownloadOptions => ({ signal, onProgress: () => undefined })
