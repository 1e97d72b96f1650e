import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Failure } from '../../contract/failure'
import { checkRoom } from './disk-space'
import type { DownloadOptions, DownloadRequest, DownloadSource } from './download.types'
import {
  judgeAnswer,
  mayPass,
  rangeHeaders,
  refuseWebPage,
  retryAfterMs,
  TransientFailure,
  type AnswerPlan,
  type Left,
} from './download-answer'
import { ask, reasonOf } from './http-request'
import type { Fetch } from './network'
import type { PartFile } from './part-file'
import type { Hashed } from './tasks'

const gatherBytes = 1024 * 1024
const gatherMs = 200
const roomCheckBytes = 1024 ** 3

export type TryDependencies = { fetch: Fetch; stallMs: number; freeBytes: (folder: string) => Promise<number | null> }
export type Try = { source: DownloadSource; request: DownloadRequest; part: PartFile; left: Left | null; options: DownloadOptions }
/** `hashed` is null when the beginning came in an earlier try and was not seen by this one. */
export type Received = { hashed: Hashed | null; resumed: boolean }

/** One request for what is left, written to the part. A TransientFailure is worth another try. */
export async function fetchRest(dependencies: TryDependencies, one: Try): Promise<Received> {
  const { source, request, part, left, options } = one
  if (left && left.bytes === left.sidecar.total) return { hashed: null, resumed: true }
  const stall = stallSignal(dependencies.stallMs)
  const signal = AbortSignal.any([options.signal, stall.signal])
  try {
    const headers = { ...source.headers, 'accept-encoding': 'identity', ...rangeHeaders(left, request.sha256 ?? null) }
    const { response } = await ask(dependencies.fetch, source.address, { headers, signal })
    stall.pushBack()
    const plan = await planOf(response, left)
    if (plan.kind === 'whole') return { hashed: null, resumed: true }
    if (plan.kind === 'restart') {
      await response.body?.cancel()
      await part.discard()
      throw new TransientFailure('download-failed', `The download begins again: ${plan.why}`)
    }
    return await receive(dependencies, one, { response, plan, onBytes: stall.pushBack })
  } catch (error) {
    options.signal.throwIfAborted()
    if (stall.signal.aborted)
      throw new TransientFailure('download-failed', `No byte came for ${Math.round(dependencies.stallMs / 1000)} s`, { cause: error })
    if (error instanceof Failure) throw error
    throw new TransientFailure('download-failed', `The connection broke: ${reasonOf(error)}`, { cause: error })
  } finally {
    stall.end()
  }
}

async function planOf(response: Response, left: Left | null): Promise<AnswerPlan> {
  try {
    if (mayPass(response.status)) throw busy(response)
    return judgeAnswer(response.status, response.headers, left)
  } catch (error) {
    await response.body?.cancel()
    throw error
  }
}

function busy({ status, headers }: Response): TransientFailure {
  const failure = new TransientFailure('download-failed', `The server answered ${status}`)
  failure.waitMs = retryAfterMs(headers.get('retry-after'), Date.now())
  return failure
}

type Receiving = { response: Response; plan: Extract<AnswerPlan, { kind: 'write' }>; onBytes(): void }

async function receive(
  { freeBytes }: TryDependencies,
  { source, request, part, options }: Try,
  { response, plan, onBytes }: Receiving,
): Promise<Received> {
  const resumed = plan.from > 0
  const sidecar = { address: source.address, etag: plan.etag, total: plan.total, sha256: request.sha256 ?? null }
  const folder = dirname(request.target)
  const writer = createWriter(await part.open(resumed ? 'append' : sidecar), resumed ? null : createHash('sha256'))
  let done = plan.from
  let roomCheckedAt = done
  try {
    checkRoom(Math.max(0, (plan.total ?? done) - done), await freeBytes(folder), folder)
    for await (const chunk of bodyOf(response)) {
      if (done === 0) refuseWebPage(chunk, response.headers.get('content-type'))
      done += chunk.length
      refuseMore(request, done)
      onBytes()
      if (await writer.take(chunk)) options.onProgress({ done, total: plan.total })
      if (done - roomCheckedAt < roomCheckBytes) continue
      roomCheckedAt = done
      checkRoom(Math.max(0, (plan.total ?? done) - done), await freeBytes(folder), folder)
    }
  } finally {
    await writer.end()
  }
  options.onProgress({ done, total: plan.total })
  if (plan.total !== null && done !== plan.total)
    throw new TransientFailure('download-failed', `${basename(request.target)} ended after ${done} of ${plan.total} bytes`)
  return { hashed: resumed ? null : { bytes: done, sha256: writer.sha256() }, resumed }
}

function refuseMore({ target, mostBytes = null }: DownloadRequest, done: number) {
  if (mostBytes === null || done <= mostBytes) return
  throw new Failure('hash-mismatch', `The server sends more than the ${mostBytes} bytes that ${basename(target)} has at its source`)
}

async function* bodyOf(response: Response): AsyncGenerator<Buffer> {
  if (!response.body) throw new TransientFailure('download-failed', 'The server sent no body')
  for await (const chunk of response.body) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** Gathers small chunks into fewer writes; what was gathered is written in any case at the end. */
function createWriter(file: FileHandle, hash: Hash | null) {
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  let writtenAt = performance.now()
  const flush = async () => {
    const bytes = Buffer.concat(gathered)
    gathered = []
    gatheredBytes = 0
    writtenAt = performance.now()
    if (bytes.length > 0) await writeAll(file, bytes)
  }
  return {
    /** True when it wrote. */
    async take(chunk: Buffer): Promise<boolean> {
      hash?.update(chunk)
      gathered.push(chunk)
      gatheredBytes += chunk.length
      if (gatheredBytes < gatherBytes && performance.now() - writtenAt < gatherMs) return false
      await flush()
      return true
    },
    end: () => flush().finally(() => file.close()),
    sha256: () => hash?.digest('hex') ?? '',
  }
}

async function writeAll(file: FileHandle, bytes: Buffer) {
  try {
    await file.writeFile(bytes)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
      throw new Failure('disk-full', 'The disk is full; what came is kept. Free some space and the download goes on', { cause: error })
    }
    throw error
  }
}

/** Fires when nothing pushes it back for `stallMs`. */
function stallSignal(stallMs: number) {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new Failure('download-failed', 'stalled')), stallMs)
  return { signal: abort.signal, pushBack: () => void timer.refresh(), end: () => clearTimeout(timer) }
}
