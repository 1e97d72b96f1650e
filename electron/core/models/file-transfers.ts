import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkRoom, freeDiskBytes } from './disk-space'
import type { Downloader, DownloadRequest } from './download.types'
import type { RemoteFile } from './hub'
import { createSlots } from './slots'

export type Amount = { done: number; total: number | null }
/** `exact`: the source told the size, so that more is not taken. */
export type Transfer = { file: string; remote: RemoteFile; sha256: string | null; exact?: boolean }

export type Transfers = {
  transfers: readonly Transfer[]
  /** Room that is needed beside the files. */
  extraBytes: number
  /** Size of all, where the files do not tell theirs. */
  estimate: number | null
}
export type TransferDependencies = { downloader: Downloader; freeBytes?: (folder: string) => Promise<number | null> }
export type TransferWatch = { signal: AbortSignal; onDownload(amount: Amount): void }

const filesAtOnce = 3

/**
 * Downloads all files as one amount, a few at once; room for all of them is looked at before the first byte. The first that
 * fails stops the others, and what came of them stays. Returns the SHA-256 of each, in order.
 */
export async function transferAll(
  { downloader, freeBytes = freeDiskBytes }: TransferDependencies,
  { transfers, extraBytes, estimate }: Transfers,
  watch: TransferWatch,
): Promise<readonly string[]> {
  const sizes = transfers.map(({ remote }) => remote.bytes)
  const total = sizes.every(size => size !== null) ? sumOf(sizes) : estimate
  const folder = dirname(transfers[0]?.file ?? '')
  const present = await Promise.all(transfers.flatMap(({ file }) => [sizeOf(file), sizeOf(`${file}.part`)]))
  const missing = Math.max(0, (total ?? 0) - sumOf(present))
  checkRoom(missing + extraBytes, await freeBytes(folder), folder)

  const slots = createSlots(filesAtOnce)
  const stop = new AbortController()
  const signal = AbortSignal.any([watch.signal, stop.signal])
  const came = transfers.map(() => 0)
  const totals: (number | null)[] = [...sizes]
  const tell = () => {
    const known = totals.filter(each => each !== null)
    watch.onDownload({ done: sumOf(came), total: total ?? (known.length === totals.length ? sumOf(known) : null) })
  }
  const one = async ({ file, remote, sha256, exact }: Transfer, index: number): Promise<string> => {
    const mostBytes = exact === true ? remote.bytes : null
    const request: DownloadRequest = { sources: [remote], target: file, bytes: remote.bytes, sha256, mostBytes }
    const onProgress = (amount: Amount) => {
      came[index] = amount.done
      totals[index] ??= amount.total
      tell()
    }
    const got = await downloader.download(request, { signal, onProgress })
    came[index] = got.bytes
    tell()
    return got.sha256
  }
  const began = transfers.map((transfer, index) =>
    slots
      .run(signal, () => one(transfer, index))
      .catch((error: unknown) => {
        stop.abort(error)
        throw error
      }),
  )
  const ended = await Promise.allSettled(began)
  watch.signal.throwIfAborted()
  if (stop.signal.aborted) throw stop.signal.reason
  return ended.map(each => (each.status === 'fulfilled' ? each.value : ''))
}

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0)

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    stats => stats.size,
    () => 0,
  )
