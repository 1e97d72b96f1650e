import type { RemoteFile } from './hub'

export type DownloadSource = Pick<RemoteFile, 'address' | 'headers'>

export type DownloadRequest = {
  /** Places of the same file, tried in order. */
  sources: readonly DownloadSource[]
  target: string
  /** What is known beforehand: `bytes` may be an estimate, `sha256` decides. */
  bytes?: number | null
  sha256?: string | null
  /** Its exact size, where the source tells it: a server that sends more is not believed. */
  mostBytes?: number | null
}

export type DownloadOptions = { signal: AbortSignal; onProgress(amount: { done: number; total: number | null }): void }
export type Downloaded = { path: string; bytes: number; sha256: string }

export type Downloader = {
  /**
   * Fetches a file, going on where an earlier try stopped. Fails with `offline`, `not-found`, `download-failed`,
   * `disk-full`, `hash-mismatch` or `cancelled`; except for a wrong hash, what came stays for the next try.
   */
  download(request: DownloadRequest, options: DownloadOptions): Promise<Downloaded>
}
