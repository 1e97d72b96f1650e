import { Failure } from '../../contract/failure'
import type { Sidecar } from './part-file'

/** Worth another try: the connection broke, or the server was busy. `waitMs` is how long the server asked us to wait. */
export class TransientFailure extends Failure {
  waitMs: number | null = null
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3); null when it is not there or makes no sense. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}

/** An unfinished file, and what was known of it. */
export type Left = { bytes: number; sidecar: Sidecar }

/** What to do with an answer: write its body at `from`, take the part as whole, or begin again without a part. */
export type AnswerPlan =
  { kind: 'write'; from: number; total: number | null; etag: string | null } | { kind: 'whole' } | { kind: 'restart'; why: string }

/** A strong etag says that bytes are the same; a weak one (`W/`) only that the meaning is (RFC 9110, 8.8.1). */
export const strongEtag = (etag: string | null) => (etag === null || etag.startsWith('W/') ? null : etag)

/**
 * Headers that ask for the rest. Without a strong etag the rest is asked for only where a known hash will decide
 * in the end (RFC 9110, 13.1.5: If-Range needs a strong validator).
 */
export function rangeHeaders(left: Left | null, sha256: string | null): Readonly<Record<string, string>> {
  if (!left) return {}
  const etag = strongEtag(left.sidecar.etag)
  if (etag === null && sha256 === null) return {}
  return { range: `bytes=${left.bytes}-`, ...(etag !== null && { 'if-range': etag }) }
}

/** Judges status and headers. Throws a Failure for answers that no further try will better. */
export function judgeAnswer(status: number, headers: Headers, left: Left | null): AnswerPlan {
  const etag = headers.get('etag')
  if (status === 200) return { kind: 'write', from: 0, total: lengthOf(headers), etag }
  if (status === 206) return judgePartial(headers, left)
  if (status === 416) return judgeBeyondEnd(headers, left)
  if (status === 412) return { kind: 'restart', why: 'the file changed on the server' }
  throw failureOfStatus(status)
}

function judgePartial(headers: Headers, left: Left | null): AnswerPlan {
  const etag = headers.get('etag')
  if (!left) return { kind: 'restart', why: 'the server sent a part that was not asked for' }
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get('content-range') ?? '')
  const [start, end, total] = (match?.slice(1) ?? []).map(Number)
  if (start !== left.bytes || total === undefined || end !== total - 1)
    return { kind: 'restart', why: 'the server sent another range than the one asked for' }
  if (left.sidecar.total !== null && total !== left.sidecar.total) return { kind: 'restart', why: 'the file has another size now' }
  if (left.sidecar.etag !== null && etag !== null && etag !== left.sidecar.etag)
    return { kind: 'restart', why: 'the file changed on the server' }
  return { kind: 'write', from: start, total, etag: left.sidecar.etag }
}

function judgeBeyondEnd(headers: Headers, left: Left | null): AnswerPlan {
  const total = Number(/^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? NaN)
  const known = Number.isNaN(total) ? left?.sidecar.total : total
  if (left && known === left.bytes && (left.sidecar.total ?? known) === known) return { kind: 'whole' }
  return { kind: 'restart', why: 'the server has no more bytes than we had' }
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get('content-length')
  return length !== null && /^\d+$/.test(length) && headers.get('content-encoding') === null ? Number(length) : null
}

/** 408, 425, 429 and 5xx may pass; the others will not. */
export const mayPass = (status: number) => status >= 500 || [408, 425, 429].includes(status)

function failureOfStatus(status: number): Failure {
  if (status === 401 || status === 403)
    return new Failure('download-failed', `The server refuses the file (${status}): it may ask for consent or a token`)
  if (status === 404 || status === 410) return new Failure('not-found', `The server does not have the file (${status})`)
  return new Failure('download-failed', `The server answered ${status}`)
}

/** A login page of a network, or an error page with status 200, in place of the file. */
export function refuseWebPage(beginning: Buffer, contentType: string | null) {
  const text = beginning.subarray(0, 256).toString('latin1').trimStart().toLowerCase()
  if (!contentType?.includes('text/html') && !/^<(!doctype|html|head|\?xml)/.test(text)) return
  throw new Failure('download-failed', 'A web page came in place of the file: perhaps this network asks you to sign in first')
}
