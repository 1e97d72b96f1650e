import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Failure } from '../../contract/failure'
import type { Fetch, InstallOptions } from './install.types'

export type WantedFile = { address: string; name: string; bytes: number; sha256: string }

/** Without a byte for this long the connection is dead. */
const stallMs = 60_000

/**
 * Downloads a file and hashes it on the way. Never writes more than the announced size; fails with `offline`, `download-failed`
 * or `hash-mismatch`. What was written stays at `path`; whoever asked removes the folder.
 */
export async function fetchFile(fetch: Fetch, wanted: WantedFile, options: InstallOptions & { path: string }): Promise<void> {
  const { path, onProgress } = options
  const stalled = new AbortController()
  const signal = AbortSignal.any([options.signal, stalled.signal])
  const timer = setTimeout(
    () => stalled.abort(new Failure('download-failed', `${wanted.name} did not go on for ${stallMs / 1000} s`)),
    stallMs,
  )
  const response = await answerOf(fetch, wanted, signal)
  const file = await open(path, 'wx')
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > wanted.bytes) throw new Failure('hash-mismatch', `${wanted.name} is larger than it was announced`)
      hash.update(chunk)
      await file.writeFile(chunk)
      timer.refresh()
      onProgress({ done: bytes, total: wanted.bytes })
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw cause instanceof Failure ? cause : new Failure('download-failed', `${wanted.name} broke off after ${bytes} bytes`, { cause })
  } finally {
    clearTimeout(timer)
    await file.close()
  }
  const sha256 = hash.digest('hex')
  if (bytes !== wanted.bytes || sha256 !== wanted.sha256) {
    throw new Failure(
      'hash-mismatch',
      `${wanted.name} is not the file that its publisher announced: its sha256 is ${sha256}, not ${wanted.sha256}`,
    )
  }
}

async function answerOf(fetch: Fetch, wanted: WantedFile, signal: AbortSignal): Promise<Response> {
  let response: Response
  try {
    response = await fetch(wanted.address, { signal, headers: { 'user-agent': 'roundhouse' } })
  } catch (cause) {
    signal.throwIfAborted()
    throw new Failure('offline', `${new URL(wanted.address).host} cannot be reached`, { cause })
  }
  if (response.ok) return response
  await response.body?.cancel()
  throw new Failure('download-failed', `${wanted.name} cannot be had: its server answers ${response.status}`)
}
