import type { FailureReport } from '../../electron/contract/failure'

/** Whatever a call threw, as a report a person can read. The host sends a report as the data of its error. */
export function reportOfError(error: unknown): FailureReport {
  const data: unknown = typeof error === 'object' && error !== null && 'data' in error ? error.data : null
  if (isReport(data)) return data
  const message = error instanceof Error ? error.message : String(error)
  return { code: codeOf(error) ?? 'unexpected', message, suggestion: null }
}

/** True for what giving up on purpose throws: it is nobody's failure. */
export function wasAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** True for an answer that asking again will not change: the host understood and refused. */
export function isFinal(error: unknown): boolean {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : null
  return typeof status === 'number' && status >= 400 && status < 500
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

function isReport(data: unknown): data is FailureReport {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'message' in data &&
    typeof data.message === 'string' &&
    'suggestion' in data
  )
}
